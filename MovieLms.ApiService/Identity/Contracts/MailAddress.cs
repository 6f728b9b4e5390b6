using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Contracts;

/// <summary>A short name for <see cref="EmailAddress"/>, which imports use too.</summary>
internal static class MailAddress
{
    /// <summary>Normalizes an e-mail address. Returns false if the text is not one.</summary>
    internal static bool TryNormalize(string? text, out string normalized) => EmailAddress.TryNormalize(text, out normalized);
}

/// <summary>Validates an e-mail address. Accepts null; use <see cref="RequiredAttribute"/> to reject it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class MailAddressAttribute() : ValidationAttribute("The value must be an e-mail address.")
{
    public override bool IsValid(object? value) => value is null || (value is string text && MailAddress.TryNormalize(text, out _));
}

/// <summary>Validates that a text is a single line, is not blank and has no control characters.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneLineAttribute() : ValidationAttribute("The value must be a single line of visible characters.")
{
    public override bool IsValid(object? value) =>
        value is null || (value is string text && !string.IsNullOrWhiteSpace(text) && text.EnumerateRunes().All(IsVisible));

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );
}
