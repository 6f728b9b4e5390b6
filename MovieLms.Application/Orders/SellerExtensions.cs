using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MovieLms.Application.Orders;

/// <summary>Registers the receipts and the seller that they show.</summary>
internal static class SellerExtensions
{
    internal static IServiceCollection AddSeller(this IServiceCollection services)
    {
        services.AddOptions<SellerOptions>().BindConfiguration(SellerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<Receipts>();
        return services;
    }
}
