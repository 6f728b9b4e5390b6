using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.ServiceDefaults.Errors;

/// <summary>
/// Writes problem documents whatever the request's <c>Accept</c> says. The framework's writer refuses where JSON is not accepted: an
/// error would then be plain text, and an exception that is the client's fault would count as unhandled.
/// </summary>
internal sealed class ProblemWriter(IProblemDetailsWriter framework) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context) => framework.WriteAsync(context);

    /// <summary>Replaces the framework's writer, which <c>AddProblemDetails</c> has registered.</summary>
    internal static void Replace(IServiceCollection services)
    {
        var registered = services.Single(service => service.ServiceType == typeof(IProblemDetailsWriter));
        services.Remove(registered);
        services.AddSingleton<IProblemDetailsWriter>(provider => new ProblemWriter(
            (IProblemDetailsWriter)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!)
        ));
    }
}
