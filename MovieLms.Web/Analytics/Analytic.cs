namespace MovieLms.Web.Analytics;

/// <summary>A filter of an analytic: a query parameter of the page and of the API.</summary>
/// <param name="Name">The name of the parameter.</param>
/// <param name="Label">The label of the field.</param>
/// <param name="Hint">What it does, and the default.</param>
public sealed record Filter(string Name, string Label, string Hint)
{
    /// <summary>The type of the input.</summary>
    public string Type { get; init; } = "text";

    /// <summary>The choices, as value and label. Empty for an input.</summary>
    public IReadOnlyList<(string Value, string Label)> Choices { get; init; } = [];
}

/// <summary>An analytic of the API and how the console shows it.</summary>
public sealed record Analytic
{
    /// <summary>The name in the page's address.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>One line for the overview.</summary>
    public required string Summary { get; init; }

    /// <summary>What the numbers mean.</summary>
    public required string Explanation { get; init; }

    /// <summary>The path in the API. Its pipeline is below it.</summary>
    public required string Path { get; init; }

    /// <summary>The path as in the API reference.</summary>
    public string PathTemplate
    {
        get => field ?? Path;
        init;
    }

    public IReadOnlyList<Filter> Filters { get; init; } = [];

    /// <summary>True if only administrators may read it.</summary>
    public bool IsForAdministrators { get; init; }

    /// <summary>True if a request to the API needs an access token.</summary>
    public bool NeedsSignIn
    {
        get => field || IsForAdministrators;
        init;
    }

    /// <summary>True if the catalog report, which instructors can download, contains it.</summary>
    public bool IsInReport { get; init; }

    /// <summary>The filters of the preview on the overview, as a query string.</summary>
    public string PreviewQuery { get; init; } = "";

    /// <summary>Reads the result from the API with the filters of a query string.</summary>
    internal Func<AnalyticsClient, string, Task<AnalyticView>> ReadAsync { get; init; } = null!;

    /// <summary>The address of the page.</summary>
    public string Href => $"/analytics/{Name}";

    /// <summary>The address of the page that edits and runs the pipeline.</summary>
    public string EditHref => $"{Href}/edit";

    /// <summary>The path of the pipeline in the API.</summary>
    public string PipelinePath => Path + "/pipeline";

    /// <summary>Returns the query string with the filters of a request, or nothing. Other parameters are left out.</summary>
    internal string GetQuery(IQueryCollection query) =>
        QueryString
            .Create(
                Filters
                    .Select(filter => KeyValuePair.Create(filter.Name, query[filter.Name].ToString()))
                    .Where(pair => !string.IsNullOrWhiteSpace(pair.Value))!
            )
            .ToString();
}

/// <summary>Analytics under one heading of the overview.</summary>
public sealed record AnalyticGroup(string Title, IReadOnlyList<Analytic> Analytics);
