namespace MovieLms.Reports;

/// <summary>The contents of the receipt of a paid order.</summary>
public sealed record ReceiptModel
{
    public required string Number { get; init; }
    public required string CustomerName { get; init; }
    public required string Item { get; init; }
    public int Quantity { get; init; }
    public decimal UnitPrice { get; init; }
    public decimal Amount { get; init; }

    /// <summary>The ISO 4217 code.</summary>
    public required string Currency { get; init; }
    public DateTimeOffset OrderedAt { get; init; }
    public DateTimeOffset PaidAt { get; init; }
}
