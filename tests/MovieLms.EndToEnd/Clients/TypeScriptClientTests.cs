using System.Net.Http.Json;
using System.Text.Json;
using MovieLms.EndToEnd.Contract;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Clients;

/// <summary>
/// The package in <c>clients/typescript</c> is built from the committed documents, completes a whole session of a student, and contains
/// what its users need.
/// </summary>
public sealed class TypeScriptClientTests
{
    private static readonly string Folder = Repository.File("clients", "typescript");

    [Fact]
    public async Task A_session_of_the_TypeScript_client_completes()
    {
        var node = ExternalTool.Require("node");
        ExternalTool.SkipUnless(Directory.Exists(Path.Combine(Folder, "node_modules")), "needs npm ci --prefix clients/typescript");
        var compiler = Path.Combine("node_modules", "typescript", "bin", "tsc");
        await ToolRun.SucceedAsync(Folder, node, Path.Combine("scripts", "generate.mjs"));
        await ToolRun.SucceedAsync(Folder, node, compiler, "-p", ".");
        await ToolRun.SucceedAsync(Folder, node, compiler, "-p", "test");
        await using var host = await ServiceHost.StartAsync();
        await using var proxy = await ContractProxy.StartAsync(host.Address);
        var output = await ToolRun.SucceedAsync(
            Folder,
            node,
            Path.Combine("test", "session.mjs"),
            proxy.Address.ToString(),
            TestUsers.NewEmail(),
            TestUsers.Password,
            await CreateCourseAsync(host)
        );
        Assert.Contains("session complete", output, StringComparison.Ordinal);
        proxy.AssertNone();
        // On Windows, npm is a script that cannot be started as a program.
        if (OperatingSystem.IsWindows())
            return;
        var packed = await ToolRun.SucceedAsync(Folder, ExternalTool.Require("npm"), "pack", "--dry-run", "--ignore-scripts");
        foreach (var file in new[] { "README.md", "dist/index.js", "dist/index.d.ts", "dist/hub.js", "dist/generated/api.d.ts" })
            Assert.Contains(file, packed, StringComparison.Ordinal);
        Assert.DoesNotContain("src/", packed, StringComparison.Ordinal);
    }

    /// <summary>Creates a free course and returns its ID.</summary>
    internal static async Task<string> CreateCourseAsync(ServiceHost host)
    {
        var instructor = await host.SignInInstructorAsync();
        using var created = await instructor.Client.PostAsJsonAsync("/api/courses", new { title = "Film history", status = "published" });
        created.EnsureSuccessStatusCode();
        return (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }
}
