namespace MovieLms.Reports;

/// <summary>The contents of the receipt of a paid order.</summary>
public sealed record ReceiptModel
{
    public required string Number { get; init; }
    public required string CustomerName { get; init; }
    public required string Item { get; init; }
    public int Quantity { get; init; }
    public decimal UnitPrice { get; init; }

    /// <summary>The total, including the tax.</summary>
    public decimal Amount { get; init; }

    /// <summary>The ISO 4217 code.</summary>
    public required string Currency { get; init; }
    public DateTimeOffset OrderedAt { get; init; }
    public DateTimeOffset PaidAt { get; init; }

    /// <summary>The seller; null if none is configured.</summary>
    public ReceiptSeller? Seller { get; init; }
}

/// <summary>The seller on a receipt.</summary>
/// <param name="Name">The name of the school or company.</param>
/// <param name="Address">The lines of the address.</param>
/// <param name="TaxId">The tax number, or null.</param>
public sealed record ReceiptSeller(string Name, IReadOnlyList<string> Address, string? TaxId)
{
    /// <summary>The tax that prices include; null if the receipt shows none.</summary>
    public ReceiptTax? Tax { get; init; }
}

/// <summary>A tax that prices include.</summary>
/// <param name="Name">The name, such as VAT.</param>
/// <param name="Rate">The rate in percent.</param>
public sealed record ReceiptTax(string Name, decimal Rate)
{
    /// <summary>Returns the tax that an amount includes, rounded to cents.</summary>
    public decimal GetShare(decimal amount) => Math.Round(amount * Rate / (100 + Rate), 2, MidpointRounding.AwayFromZero);
}
