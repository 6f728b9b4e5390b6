using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>
/// Writes problem documents regardless of the request's <c>Accept</c>. The framework's writer refuses when the client does not accept
/// JSON: errors would then be plain text, and exceptions caused by the client would count as unhandled.
/// </summary>
internal sealed class ProblemWriter(IProblemDetailsWriter framework) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context) => framework.WriteAsync(context);

    /// <summary>Replaces the framework's writer. Call it after <c>AddProblemDetails</c>.</summary>
    internal static void Replace(IServiceCollection services)
    {
        var registered = services.Single(service => service.ServiceType == typeof(IProblemDetailsWriter));
        services.Remove(registered);
        services.AddSingleton<IProblemDetailsWriter>(provider => new ProblemWriter(
            (IProblemDetailsWriter)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)
        ));
    }
}
