using System.Globalization;
using MovieLms.Client;
using MovieLms.Web.Layout;

namespace MovieLms.Web.Courses;

/// <summary>The fields of a course as a form has them: text that may not be a number.</summary>
public sealed class CourseInput
{
    internal const string FormName = "course";
    private const string Published = "published";

    public string? Title { get; private init; }

    public string? Description { get; private init; }

    public string? Price { get; private init; }

    public string? Currency { get; private init; }

    public string? Capacity { get; private init; }

    public string? Status { get; private init; }

    /// <summary>The version that the form shows; empty for a new course.</summary>
    public string Version { get; set; } = "";

    internal bool IsPublished => Status == Published;

    /// <summary>Returns the fields of a course.</summary>
    internal static CourseInput From(CourseResponse course) =>
        new()
        {
            Title = course.Title,
            Description = course.Description,
            Price = course.Price.ToString(CultureInfo.InvariantCulture),
            Currency = course.Currency,
            Capacity = Texts.Number(course.Capacity),
            Status = course.Status == CourseStatus.Published ? Published : "draft",
            Version = Texts.Number(course.Version)!,
        };

    /// <summary>Returns the fields that were sent; null if another form was sent, or none.</summary>
    internal static CourseInput? Read(HttpContext http) =>
        !http.HasSent(FormName)
            ? null
            : new CourseInput
            {
                Title = http.GetField("title"),
                Description = http.GetField("description"),
                Price = http.GetField("price"),
                Currency = http.GetField("currency"),
                Capacity = http.GetField("capacity"),
                Status = http.GetField("status"),
                Version = http.GetField("version"),
            };

    /// <summary>Returns the request, or the message of the field that is not a number.</summary>
    internal (CourseRequest? Request, FormErrors Errors) ToRequest()
    {
        var price = 0d;
        if (
            !string.IsNullOrWhiteSpace(Price)
            && !double.TryParse(Price.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out price)
        )
        {
            return (null, FormErrors.Create("price", "Enter an amount such as 20 or 19.50."));
        }
        int? capacity = null;
        if (!string.IsNullOrWhiteSpace(Capacity))
        {
            if (!int.TryParse(Capacity.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var places))
                return (null, FormErrors.Create("capacity", "Enter a whole number, or nothing for any number of students."));
            capacity = places;
        }
        var request = new CourseRequest
        {
            Title = Title?.Trim() ?? "",
            Description = string.IsNullOrWhiteSpace(Description) ? null : Description,
            Price = price,
            Currency = string.IsNullOrWhiteSpace(Currency) ? null : Currency.Trim().ToUpperInvariant(),
            Capacity = capacity,
            Status = IsPublished ? CourseStatus.Published : CourseStatus.Draft,
        };
        return (request, new FormErrors());
    }

    /// <summary>Returns the fields in which two inputs differ, with the other's value.</summary>
    internal IReadOnlyList<(string Label, string? Stored)> Compare(CourseInput stored)
    {
        var pairs = new (string Label, string? Mine, string? Stored)[]
        {
            ("Title", Title, stored.Title),
            ("Description", Description?.ReplaceLineEndings("\n"), stored.Description?.ReplaceLineEndings("\n")),
            ("Price", Price, stored.Price),
            ("Currency", Currency, stored.Currency),
            ("Places", Capacity, stored.Capacity),
            ("Visible to", Status, stored.Status),
        };
        return [.. pairs.Where(pair => (pair.Mine ?? "").Trim() != (pair.Stored ?? "").Trim()).Select(pair => (pair.Label, pair.Stored))];
    }
}
