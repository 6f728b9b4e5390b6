namespace MovieLms.ApiService.OpenApi;

/// <summary>
/// The colors and header of the API reference, as in the console, light and dark. Scalar reads them from the variables <c>--scalar-*</c>.
/// </summary>
internal static class ReferenceStyle
{
    /// <summary>The way back to the console.</summary>
    internal const string Header = """
        <header class="movielms-header"><a href="/"><img src="/favicon.svg" alt="" width="28" height="28">MovieLms</a>
        <nav aria-label="Main"><a href="/movies">Movies</a> <a href="/analytics">Analytics</a>
        <a href="/openapi/v1.json">OpenAPI document</a></nav></header>
        """;

    internal const string Css = """
        :root {
          --scalar-font: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
          --scalar-font-code: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
          --scalar-radius: 6px; --scalar-radius-lg: 10px; --scalar-radius-xl: 10px;
        }
        .light-mode {
          --scalar-background-1: #f7f4ef; --scalar-background-2: #ffffff; --scalar-background-3: #efeae2;
          --scalar-background-accent: #f6e6e6;
          --scalar-color-1: #1f1b19; --scalar-color-2: #4f4842; --scalar-color-3: #625b54; --scalar-color-accent: #8a1c2b;
          --scalar-border-color: #e2dbd0; --scalar-button-1: #8a1c2b; --scalar-button-1-hover: #6d1220; --scalar-button-1-color: #ffffff;
          --scalar-color-green: #1f6b3f; --scalar-color-red: #a3161b; --scalar-color-yellow: #7a4b00; --scalar-color-blue: #23527c;
          --scalar-color-orange: #8a4300; --scalar-color-purple: #6a3d8f; --scalar-link-color: #8a1c2b; --scalar-link-color-hover: #6d1220;
        }
        .dark-mode {
          --scalar-background-1: #151315; --scalar-background-2: #1f1c1f; --scalar-background-3: #292529;
          --scalar-background-accent: #3a2027;
          --scalar-color-1: #f2eeea; --scalar-color-2: #d3ccc6; --scalar-color-3: #b5ada6; --scalar-color-accent: #ff8c9b;
          --scalar-border-color: #383238; --scalar-button-1: #ff8c9b; --scalar-button-1-hover: #ffb0ba; --scalar-button-1-color: #2b070e;
          --scalar-color-green: #84d3a2; --scalar-color-red: #ff9b94; --scalar-color-yellow: #f0c26b; --scalar-color-blue: #9cc7ee;
          --scalar-color-orange: #f2b083; --scalar-color-purple: #cfb0ee; --scalar-link-color: #ff8c9b; --scalar-link-color-hover: #ffb0ba;
        }
        .light-mode .t-doc__sidebar, .dark-mode .t-doc__sidebar {
          --scalar-sidebar-background-1: var(--scalar-background-2); --scalar-sidebar-color-1: var(--scalar-color-1);
          --scalar-sidebar-color-2: var(--scalar-color-2); --scalar-sidebar-border-color: var(--scalar-border-color);
          --scalar-sidebar-color-active: var(--scalar-color-accent); --scalar-sidebar-item-active-background: var(--scalar-background-accent);
          --scalar-sidebar-item-hover-background: var(--scalar-background-3); --scalar-sidebar-search-background: transparent;
          --scalar-sidebar-search-color: var(--scalar-color-3); --scalar-sidebar-search-border-color: var(--scalar-border-color);
        }
        @media (prefers-reduced-motion: reduce) { .scalar-app, .scalar-app * { transition: none !important; } }
        h1, h2, h3 { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif !important; }
        :focus-visible { outline: 3px solid var(--scalar-color-accent) !important; outline-offset: 2px; }
        """;

    /// <summary>The style of the header, which is outside of Scalar's part of the page.</summary>
    internal const string HeadContent = """
        <style>
          .movielms-header { display: flex; flex-wrap: wrap; align-items: center; gap: 0 32px; padding: 0 24px; background: #fff;
            border-bottom: 1px solid #e2dbd0; font: 500 16px/1.6 system-ui, sans-serif; }
          .movielms-header a { color: #625b54; text-decoration: none; }
          .movielms-header a:hover { color: #8a1c2b; text-decoration: underline; }
          .movielms-header > a { display: inline-flex; align-items: center; gap: 12px; padding: 14px 0; color: #1f1b19;
            font: 600 20px/1 "Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, serif; }
          .movielms-header nav { display: flex; flex-wrap: wrap; gap: 0 20px; padding: 8px 0; }
          .movielms-header a:focus-visible { outline: 3px solid #8a1c2b; outline-offset: 2px; }
          @media (prefers-color-scheme: dark) {
            .movielms-header { background: #1f1c1f; border-color: #383238; }
            .movielms-header a { color: #b5ada6; }
            .movielms-header > a { color: #f2eeea; }
            .movielms-header a:hover { color: #ff8c9b; }
            .movielms-header a:focus-visible { outline-color: #ff8c9b; }
          }
        </style>
        """;
}
