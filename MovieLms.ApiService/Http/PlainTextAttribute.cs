using System.ComponentModel.DataAnnotations;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Http;

/// <summary>Text for people: no control characters (line breaks and tabs only where several lines are allowed), not only spaces.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class PlainTextAttribute : ValidationAttribute
{
    public bool AllowsLines { get; set; }

    public override bool IsValid(object? value) =>
        value is not string { Length: > 0 } text
        || (!string.IsNullOrWhiteSpace(text) && text.All(character => PlainText.IsAllowed(character, AllowsLines)));

    public override string FormatErrorMessage(string name) => "The text must not be blank and must not hold control characters.";
}
