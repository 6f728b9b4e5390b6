using MovieLms.ApiService.Analytics;
using MovieLms.ApiService.Dashboards;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Favorites;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Http.Strict;
using MovieLms.ApiService.Identity;
using MovieLms.ApiService.Images;
using MovieLms.ApiService.Imports;
using MovieLms.ApiService.Mail;
using MovieLms.ApiService.Movies;
using MovieLms.ApiService.Notifications;
using MovieLms.ApiService.OpenApi;
using MovieLms.ApiService.Orders;
using MovieLms.ApiService.Reviews;
using MovieLms.ApiService.Rooms;
using MovieLms.ApiService.Schema;
using MovieLms.ApiService.Todos;
using MovieLms.ApiService.Versions;
using MovieLms.Application;

namespace MovieLms.ApiService;

/// <summary>Adds this service to a host: its own process, or Standalone with the other services.</summary>
public static class ApiServiceExtensions
{
    /// <summary>Registers the services that only the API uses.</summary>
    public static IHostApplicationBuilder AddApi(this IHostApplicationBuilder builder)
    {
        builder.Services.AddApplication();
        builder.Services.AddValidation();
        builder.Services.AddStrictInput();
        builder.AddIdentity();
        builder.Services.AddSingleton<IdempotencyGate>();
        builder.Services.AddSingleton<IdempotencyFilter>();
        builder.Services.AddSingleton<RenderGate>();
        builder.Services.AddSingleton<ExportGate>();
        builder.Services.AddSingleton<UnconfiguredFeatures>();
        builder.Services.AddAnalytics();
        builder.Services.AddImports();
        builder.Services.AddLearning();
        builder.Services.AddOrders();
        builder.Services.AddSchema();
        builder.Services.AddSingleton<ImageGate>();
        builder.Services.AddApiDocument();
        builder.Services.ConfigureHttpJsonOptions(options =>
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJsonContext.Default)
        );
        return builder;
    }

    /// <summary>Maps this service's endpoints.</summary>
    public static WebApplication MapApi(this WebApplication app)
    {
        app.RejectUnknownParameters();
        app.MapIdentity();
        app.MapImports();
        app.MapMail();
        app.MapMovies();
        app.MapReviews();
        app.MapFavorites();
        app.MapImages();
        app.MapLearning();
        app.MapTodos();
        app.MapDashboard();
        app.MapOrders();
        app.MapAnalytics();
        app.MapGenres();
        app.MapOrderAnalytics();
        app.MapSchema();
        app.MapRooms();
        app.MapNotifications();
        app.MapVersion();
        app.MapUnread();
        app.MapApiDocument();
        return app;
    }
}
