namespace MovieLms.Web.Accounts;

/// <summary>Adds the pages of accounts. Blazor finds those that are components.</summary>
internal static class AccountExtensions
{
    internal static void AddAccounts(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<SignInProviders>();

    internal static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/sign-out", SignOut.RunAsync).WithName("signOut");
        endpoints.MapGet("/sign-in/{provider}", ProviderReturn.Begin).WithName("signInAtProvider");
    }
}
