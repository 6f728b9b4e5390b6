using System.ComponentModel.DataAnnotations;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Validates display text: not blank, and no control characters except, where lines are allowed, line breaks and tabs.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class PlainTextAttribute : ValidationAttribute
{
    public bool AllowsLines { get; set; }

    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || (!string.IsNullOrWhiteSpace(text) && text.All(character => PlainText.IsAllowed(character, AllowsLines)));

    public override string FormatErrorMessage(string name) => "The text must not be blank and must not contain control characters.";
}
