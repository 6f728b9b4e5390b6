#pragma warning disable ASP0029 // The only extension point of the generated validation. Later versions may change it.
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Validation;

namespace MovieLms.ApiService.Http.Strict;

/// <summary>
/// Validates request bodies: first the generated validation, then unknown members. All errors are reported together, by JSON names.
/// </summary>
/// <param name="generated">The resolvers of the generated validation.</param>
/// <param name="unknown">The unknown members of the request.</param>
/// <param name="json">The settings with which bodies are read.</param>
internal sealed class RequestValidation(IValidatableInfoResolver[] generated, UnknownMembers unknown, JsonSerializerOptions json)
    : IValidatableInfoResolver
{
    /// <summary>Extends the generated validation.</summary>
    internal static void Extend(ValidationOptions options, UnknownMembers unknown, JsonSerializerOptions json) =>
        options.Resolvers.Insert(0, new RequestValidation([.. options.Resolvers], unknown, json));

    /// <inheritdoc/>
    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = RequestTypes.Contains(parameterInfo.ParameterType) ? new Body(FindGenerated(parameterInfo), this) : null;
        return validatableInfo is not null;
    }

    /// <inheritdoc/>
    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private IValidatableInfo? FindGenerated(ParameterInfo parameter)
    {
        foreach (var resolver in generated)
        {
            if (resolver.TryGetValidatableParameterInfo(parameter, out var info))
                return info;
        }
        return null;
    }

    private IReadOnlyDictionary<string, string[]> FindUnknown(object body) => unknown.FindErrors(body, json);

    /// <summary>Validates the body of one endpoint.</summary>
    private sealed class Body(IValidatableInfo? generated, RequestValidation validation) : IValidatableInfo
    {
        public async Task ValidateAsync(object? value, ValidateContext context, CancellationToken cancellationToken)
        {
            if (generated is not null)
                await generated.ValidateAsync(value, context, cancellationToken);
            if (context.ValidationErrors is { Count: > 0 } errors)
                context.ValidationErrors = JsonNames.Convert(errors);
            if (value is null)
                return;
            foreach (var (name, messages) in validation.FindUnknown(value))
                (context.ValidationErrors ??= [])[name] = messages;
        }
    }
}
