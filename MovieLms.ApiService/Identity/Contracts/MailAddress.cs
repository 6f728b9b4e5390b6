using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using MovieLms.Data.Identity;

namespace MovieLms.ApiService.Identity.Contracts;

/// <summary>Short for <see cref="EmailAddress"/>, which imports share.</summary>
internal static class MailAddress
{
    /// <inheritdoc cref="EmailAddress.TryNormalize"/>
    internal static bool TryNormalize(string? text, out string normalized) => EmailAddress.TryNormalize(text, out normalized);
}

/// <summary>Validates that a member is an e-mail address; leaves null to <see cref="RequiredAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class MailAddressAttribute() : ValidationAttribute("This is not an e-mail address.")
{
    public override bool IsValid(object? value) => value is null || (value is string text && MailAddress.TryNormalize(text, out _));
}

/// <summary>Validates that a text is one line without control or formatting characters, and not blank.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class OneLineAttribute() : ValidationAttribute("This must be one line of visible characters.")
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
