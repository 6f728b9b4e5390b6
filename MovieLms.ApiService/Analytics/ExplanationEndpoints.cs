using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using MovieLms.ApiService.Http;
using MovieLms.ApiService.Orders;
using MovieLms.ApiService.Schema;
using MovieLms.Application.Access;
using MovieLms.Data.Analytics;
using MovieLms.Data.Analytics.Orders;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.ServiceDefaults.Compression;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Analytics;

/// <summary>Shows the pipelines of the analytics, with the permissions and parameters of the analytics.</summary>
internal static class ExplanationEndpoints
{
    private static readonly Dictionary<string, string[]> Analytics = new()
    {
        ["ratings-by-genre"] = [],
        ["movies-by-year"] = [],
        ["favorites"] = [],
        ["top-rated"] = ["skip", "limit", "minVotes"],
        ["rating-buckets"] = ["boundaries"],
        ["facets"] = ["search", "genre"],
        ["reviewers"] = ["limit"],
    };

    private static readonly Dictionary<string, string[]> OrderAnalytics = new()
    {
        ["by-customer"] = ["status", "limit"],
        ["by-status"] = [],
        ["by-item"] = [],
        ["users"] = ["limit"],
    };

    /// <summary>The names of the analytics of movies, reviews and favorites, as in their paths.</summary>
    internal static IEnumerable<string> Names => Analytics.Keys;

    /// <summary>The names of the analytics of orders, as in their paths.</summary>
    internal static IEnumerable<string> OrderNames => OrderAnalytics.Keys;

    internal static void MapExplanations(this IEndpointRouteBuilder analytics)
    {
        analytics
            .MapGet("/{name}/pipeline", Explain)
            .AllowAnonymous()
            .WithCompression()
            .WithName("explainAnalytic")
            .WithSummary("Get the pipeline of an analytic")
            .WithDescription("The stages as they are sent to MongoDB, each with an explanation. Takes the parameters of the analytic.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        analytics
            .MapGet("/orders/{name}/pipeline", ExplainOrders)
            .RequirePermission(Permissions.AnalyticsAdmin)
            .WithCompression()
            .WithName("explainOrderAnalytic")
            .WithSummary("Get the pipeline of an analytic of orders")
            .WithDescription("The stages as they are sent to MongoDB, each with an explanation. Takes the parameters of the analytic.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        analytics
            .MapGet("/pipeline", GetRules)
            .RequirePermission(Permissions.AnalyticsAdmin)
            .WithCompression()
            .WithName("getPipelineRules")
            .WithSummary("Get the rules of ad-hoc pipelines")
            .WithDescription("The collections and fields, stages and operators that a pipeline may use, for editors.")
            .ProducesAccessProblems();
    }

    private static Results<Ok<ExplanationResponse>, ProblemHttpResult> Explain(
        HttpContext http,
        [ChoicesOf(typeof(ExplanationEndpoints), nameof(Names)), Description("The name of the analytic, as in its path.")] string name,
        [Description("Of top-rated.")] int? skip,
        [Description("Of top-rated and reviewers.")] int? limit,
        [Description("Of top-rated.")] int? minVotes,
        [Description("Of rating-buckets.")] string? boundaries,
        [Description("Of facets.")] string? search,
        [Description("Of facets.")] string? genre
    )
    {
        if (!Analytics.TryGetValue(name, out var parameters))
            return Problems.NotFound("analytic");
        RequireOnly(parameters, name, http.Request.Query);
        return TypedResults.Ok(
            name switch
            {
                "ratings-by-genre" => ExplanationResponse.Of(AnalyticPipelines.RatingsByGenre),
                "movies-by-year" => ExplanationResponse.Of(AnalyticPipelines.MoviesByYear),
                "favorites" => ExplanationResponse.Of(AnalyticPipelines.UsersWithFavorites),
                "top-rated" => ExplainTopRated(TopRatedQuery.Parse(skip, limit, minVotes)),
                "rating-buckets" => ExplanationResponse.Of(AnalyticPipelines.RatingBuckets(AnalyticsEndpoints.ParseBoundaries(boundaries))),
                "facets" => ExplainFacets(AnalyticsEndpoints.ParseFilter(search, genre)),
                _ => ExplainReviewers(limit),
            }
        );
    }

    private static Results<Ok<ExplanationResponse>, ProblemHttpResult> ExplainOrders(
        HttpContext http,
        [ChoicesOf(typeof(ExplanationEndpoints), nameof(OrderNames)), Description("The name of the analytic, as in its path.")] string name,
        [Choices<OrderStatus>, Description("Of by-customer.")] string? status,
        [Description("Of by-customer and users.")] int? limit
    )
    {
        if (!OrderAnalytics.TryGetValue(name, out var parameters))
            return Problems.NotFound("analytic");
        RequireOnly(parameters, name, http.Request.Query);
        return TypedResults.Ok(
            name switch
            {
                "by-customer" => ExplainCustomers(OrderQuery.ParseStatus(status), limit),
                "by-status" => ExplanationResponse.Of(OrderPipelines.ByStatus),
                "by-item" => ExplanationResponse.Of(OrderPipelines.ByItem),
                _ => ExplainUsers(limit),
            }
        );
    }

    private static Ok<PipelineRules> GetRules(SchemaDiagrams schema) =>
        TypedResults.Ok(
            new PipelineRules(
                [
                    .. AdHocPipelines.Collections.Select(name => new ReadableCollection(
                        name,
                        AdHocPipelines.VisibleFields(name) ?? schema.GetFields(name)
                    )),
                ],
                [.. AdHocPipelines.Stages],
                [.. AdHocPipelines.Operators],
                AdHocPipelines.MaxDocuments
            )
        );

    private static ExplanationResponse ExplainTopRated(TopRatedQuery query) =>
        ExplanationResponse.Of(AnalyticPipelines.TopRated(query.Skip, query.ComputedLimit, query.MinVotes));

    private static ExplanationResponse ExplainFacets(MovieFilter filter) =>
        AnalyticPipelines.Facets(filter) is { } pipeline ? ExplanationResponse.Of(pipeline) : ExplanationResponse.Of();

    // The lists are cut from the longest one, so the limit is validated but is not part of the pipeline.
    private static ExplanationResponse ExplainReviewers(int? limit)
    {
        QueryValues.RequireInRange("limit", limit, 1, AnalyticsEndpoints.MaxReviewers);
        return ExplanationResponse.Of(AnalyticPipelines.Reviewers(AnalyticsEndpoints.MaxReviewers));
    }

    private static ExplanationResponse ExplainCustomers(OrderStatus? status, int? limit)
    {
        QueryValues.RequireInRange("limit", limit, 1, OrderAnalyticsEndpoints.MaxCustomers);
        return ExplanationResponse.Of(OrderPipelines.ByCustomer(status, OrderAnalyticsEndpoints.MaxCustomers));
    }

    private static ExplanationResponse ExplainUsers(int? limit)
    {
        QueryValues.RequireInRange("limit", limit, 1, OrderAnalyticsEndpoints.MaxUsers);
        return ExplanationResponse.Of(OrderPipelines.Users(OrderAnalyticsEndpoints.MaxUsers));
    }

    private static void RequireOnly(string[] parameters, string analytic, IQueryCollection query)
    {
        if (query.Keys.FirstOrDefault(key => !parameters.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } other)
            throw new InvalidInputException(other, $"The analytic {analytic} has no such parameter.");
    }
}
