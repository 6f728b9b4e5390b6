namespace MovieLms.Reports;

/// <summary>A paid order as its receipt shows it.</summary>
public sealed record ReceiptModel
{
    /// <summary>The order number.</summary>
    public required string Number { get; init; }
    public required string CustomerName { get; init; }
    public required string Item { get; init; }
    public int Quantity { get; init; }
    public decimal UnitPrice { get; init; }
    public decimal Amount { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }
    public DateTimeOffset OrderedAt { get; init; }
    public DateTimeOffset PaidAt { get; init; }
}
