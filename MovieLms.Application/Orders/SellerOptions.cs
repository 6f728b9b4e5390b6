using System.ComponentModel.DataAnnotations;

namespace MovieLms.Application.Orders;

/// <summary>
/// The seller on receipts; configuration section <c>Seller</c>. Without a name, receipts show neither a seller nor a tax. Prices include
/// the tax.
/// </summary>
public sealed class SellerOptions : IValidatableObject
{
    internal const string Section = "Seller";
    private const int MaxAddressLines = 6;
    private const int MaxLineLength = 120;

    /// <summary>The name of the school or company.</summary>
    [StringLength(MaxLineLength)]
    public string? Name { get; set; }

    /// <summary>The lines of the address.</summary>
    [MaxLength(MaxAddressLines)]
    public IList<string> Address { get; } = [];

    /// <summary>The tax number, such as <c>VAT ID DE123456789</c>.</summary>
    [StringLength(MaxLineLength)]
    public string? TaxId { get; set; }

    /// <summary>The name of the tax.</summary>
    [Required, StringLength(20)]
    public string TaxName { get; set; } = "VAT";

    /// <summary>The tax rate in percent, which prices include; null if receipts show no tax.</summary>
    [Range(0, 100)]
    public decimal? TaxRate { get; set; }

    /// <summary>Rejects settings without a seller, which receipts would not show, and lines that do not fit.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Name) && (Address.Count > 0 || TaxId is not null || TaxRate is not null))
            yield return new ValidationResult($"Set {Section}:Name, or remove the other settings of {Section}.", [nameof(Name)]);
        if (Address.Any(line => line.Length > MaxLineLength))
            yield return new ValidationResult($"A line of {Section}:Address has at most {MaxLineLength} characters.", [nameof(Address)]);
    }
}
