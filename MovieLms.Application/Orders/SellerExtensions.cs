using Microsoft.Extensions.DependencyInjection;

namespace MovieLms.Application.Orders;

/// <summary>Registers the receipts and the seller that they show.</summary>
internal static class SellerExtensions
{
    /// <summary>Adds them once, because every service of a process does, and each binding would append the lines of the address.</summary>
    internal static IServiceCollection AddSeller(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(Receipts)))
            return services;
        services.AddOptions<SellerOptions>().BindConfiguration(SellerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<Receipts>();
    }
}
