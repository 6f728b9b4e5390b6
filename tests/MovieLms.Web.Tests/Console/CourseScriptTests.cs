using MovieLms.Testing;
using MovieLms.Testing.Tools;

namespace MovieLms.Web.Tests.Console;

/// <summary>The scripts of the pages of courses, in Chromium.</summary>
public sealed class CourseScriptTests
{
    private const string Id = CourseApi.Id;
    private const string Order = $"PUT /api/courses/{Id}/lectures/order";

    /// <summary>Drags the first lecture below the second one.</summary>
    private const string Drag = """
        window.drag = (isDropped) => {
          const [first, second] = document.querySelectorAll('.lecture');
          const data = new DataTransfer();
          const clientY = second.getBoundingClientRect().bottom - 2;
          const fire = (target, type) =>
            target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data, clientY }));
          fire(first, 'dragstart');
          fire(second, 'dragover');
          if (isDropped) fire(second, 'drop');
          fire(first, 'dragend');
        }
        """;

    private static readonly string First = new('1', 24);
    private static readonly string Second = new('2', 24);

    [Fact]
    public async Task A_lecture_is_dragged_to_another_position()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Respond(
            $"GET /api/courses/{Id}/lectures",
            CourseApi.CreatePage(CourseApi.CreateLecture(First, "Cut"), CourseApi.CreateLecture(Second, "Rhythm"))
        );
        console.Respond(Order, "", 204);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, $"/courses/{Id}/lectures"), 1400, 900);
        await page.WaitUntilAsync("document.querySelectorAll('.lecture-handle').length === 2", "the script runs");
        await page.EvaluateAsync(Drag);
        await page.EvaluateAsync("window.drag(false)");
        await page.WaitUntilAsync($"document.querySelector('.lecture').dataset.id === '{First}'", "the order is restored");
        await page.EvaluateAsync("window.drag(true)");
        await page.WaitUntilAsync("document.getElementById('order-status').textContent === 'The order is saved.'", "the order is saved");
        Assert.Equal($$"""{"ids":["{{Second}}","{{First}}"]}""", console.GetBody(Order));
        await page.WaitUntilAsync(
            "document.querySelector('.lecture button[name=up]').disabled && !document.querySelector('.lecture button[name=down]').disabled",
            "the first lecture cannot be moved up"
        );
    }

    [Fact]
    public async Task Movies_are_suggested_for_a_lecture()
    {
        await using var console = await ConsoleHost.StartAsync("instructor");
        console.RespondCourse(isOwned: true);
        console.Respond(
            "GET /api/movies",
            CourseApi.CreatePage(
                new
                {
                    id = First,
                    title = "The Red Shoes",
                    year = 1948,
                }
            )
        );
        console.Respond($"POST /api/courses/{Id}/lectures", CourseApi.CreateLecture(Second, "Cut"), 201);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri(console.Gateway.Address, $"/courses/{Id}/lectures/new"), 390, 900);
        // Scripts run after the form is shown.
        await page.WaitUntilAsync("document.getElementById('field-movie') && document.readyState === 'complete'", "the script runs");
        await page.FillAsync("field-movie", "The Red Shoes");
        await page.WaitUntilAsync("document.querySelector('datalist option')?.value === 'The Red Shoes'", "the movie is suggested");
        await page.WaitUntilAsync($"document.querySelector('[name=movieId]').value === '{First}'", "the movie is chosen");
        await page.FillAsync("field-title", "Cut");
        await page.EvaluateAsync("document.querySelector('main form').requestSubmit()");
        await Eventually.WaitUntilAsync(
            () =>
                Task.FromResult(
                    console.Api.Received.Any(received =>
                        received is { Method: "POST" } && received.Target.EndsWith("/lectures", StringComparison.Ordinal)
                    )
                ),
            "the form is sent"
        );
        Assert.Contains(First, console.GetBody($"POST /api/courses/{Id}/lectures"));
    }
}
