using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using MovieLms.Testing.Processes;

namespace MovieLms.EndToEnd.BrowserTests;

/// <summary>
/// Every page of the console, on a phone and a desktop, light and dark: WCAG 2.2 AA according to axe, no errors, no overflow, and readable
/// without scripts. With <c>MOVIELMS_TEST_SCREENSHOTS</c>, the pages are saved as images in that folder.
/// </summary>
public sealed class ConsolePagesTests(ConsoleSite site) : IClassFixture<ConsoleSite>
{
    private const string ScreenshotVariable = "MOVIELMS_TEST_SCREENSHOTS";

    private static readonly AxeRunOptions Rules = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    /// <summary>The addresses and visitors; one of them while the tests are skipped.</summary>
    public static TheoryData<string, string> Pages =>
        [
            .. ConsolePage
                .All.Where(ConsoleSite.IsWanted)
                .SelectMany(page => page.Roles.Select(role => (page.Address, role)))
                .Take(ConsoleSite.IsEnabled ? int.MaxValue : 1),
        ];

    [Fact]
    public void The_list_has_every_page()
    {
        var listed = ConsolePage.All.Select(page => page.Route).Where(route => route.Length > 0).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(ConsolePage.GetMappedRoutes(), listed);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_is_accessible_and_without_errors(string address, string role)
    {
        ConsoleSite.SkipUnlessEnabled();
        var page = ConsolePage.All.Single(page => page.Address == address && page.Roles.Contains(role));
        var faults = new List<string>();
        foreach (var view in View.All)
            faults.AddRange((await FindFaultsAsync(page, role, view)).Select(fault => $"{view}: {fault}"));
        Assert.Empty(faults);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_the_same_heading_and_text_without_scripts(string address, string role)
    {
        ConsoleSite.SkipUnlessEnabled();
        var page = ConsolePage.All.Single(page => page.Address == address && page.Roles.Contains(role));
        var (heading, text) = await ReadAsync(page, role, hasScripts: true);
        var (plainHeading, plainText) = await ReadAsync(page, role, hasScripts: false);
        Assert.Equal(heading, plainHeading);
        Assert.True(plainText.Length > text.Length / 2, $"Without scripts the page has only this text: {plainText}");
    }

    private async Task<IReadOnlyList<string>> FindFaultsAsync(ConsolePage page, string role, View view)
    {
        await using var visitor = await site.OpenAsync(role, view);
        var faults = new List<string>();
        var status = await visitor.GoToAsync(site.Fill(page.Address));
        if (status != page.Status)
            faults.Add($"status {status}");
        await visitor.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await SaveScreenshotAsync(visitor, page, role, view);
        if (string.IsNullOrWhiteSpace(await visitor.Page.TitleAsync()))
            faults.Add("no title");
        if (await visitor.Page.Locator("h1").CountAsync() is var headings && headings != 1)
            faults.Add($"{headings} h1 elements");
        if (await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth") is var width && width > view.Width)
            faults.Add($"{width} pixels wide; beyond the edge: {await FindWideElementsAsync(visitor)}");
        var axe = await visitor.Page.RunAxe(Rules);
        faults.AddRange(
            axe.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id} ({violation.Help}): {node.Html}"))
        );
        faults.AddRange(visitor.Errors);
        return faults;
    }

    private async Task<(string Heading, string Text)> ReadAsync(ConsolePage page, string role, bool hasScripts)
    {
        await using var visitor = await site.OpenAsync(role, hasScripts: hasScripts);
        await visitor.GoToAsync(site.Fill(page.Address));
        if (hasScripts)
            await visitor.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        return (await visitor.Page.Locator("h1").InnerTextAsync(), await visitor.Page.Locator("main").InnerTextAsync());
    }

    private static Task<string> FindWideElementsAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string>(
            """
            [...document.querySelectorAll('body *')]
              .filter(element => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
              .slice(0, 3).map(element => element.outerHTML.slice(0, 120)).join(' ')
            """
        );

    private static async Task SaveScreenshotAsync(Visitor visitor, ConsolePage page, string role, View view)
    {
        if (Environment.GetEnvironmentVariable(ScreenshotVariable) is not { Length: > 0 } folder)
            return;
        var name = page.Address.Trim('/').Split('#')[0].Replace("{", "").Replace("}", "").Replace('/', '-').Replace('?', '-');
        var path = Path.Combine(Repository.Root, folder, $"{(name.Length == 0 ? "start" : name)}-{role}-{view}.png");
        await visitor.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
    }
}
