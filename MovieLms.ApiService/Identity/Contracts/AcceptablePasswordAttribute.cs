using System.ComponentModel.DataAnnotations;
using MovieLms.ApiService.Identity.Passwords;

namespace MovieLms.ApiService.Identity.Contracts;

/// <summary>
/// Validates the password of an <see cref="IRegistration"/> by the <see cref="PasswordPolicy"/>, so that it is reported together with the other fields.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class AcceptablePasswordAttribute : ValidationAttribute
{
    public override bool RequiresValidationContext => true;

    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        if (value is not string { Length: <= 1_000 } password || validationContext.ObjectInstance is not IRegistration request)
            return ValidationResult.Success;
        var policy = validationContext.GetRequiredService<PasswordPolicy>();
        return policy.FindProblem(password, request.Username ?? string.Empty, request.Email ?? string.Empty) is { } problem
            ? new ValidationResult(problem)
            : ValidationResult.Success;
    }
}
