using MovieLms.Web.Assets;

namespace MovieLms.Web.Pages;

/// <summary>The style of the console for pages that other hosts render.</summary>
public static class PageAssets
{
    /// <summary>The address of the style sheet.</summary>
    public static string StyleSheetUrl => Asset.Url(Asset.StyleSheet);

    /// <summary>The address of the script that shows times in the visitor's time zone.</summary>
    public static string ScriptUrl => Asset.Url("console.js");

    /// <summary>Maps the assets and the icon, for a host without the console.</summary>
    public static void MapPageAssets(this IEndpointRouteBuilder endpoints)
    {
        var assets = endpoints.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        assets.MapAssets();
        assets.MapGet(Icon.Path, Icon.Get).WithName("icon");
    }
}
