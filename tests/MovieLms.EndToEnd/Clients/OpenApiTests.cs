using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Clients;

/// <summary>
/// Other tools accept <c>openapi/v1.json</c>: a linter with the OWASP rules reports nothing, and the clients of two generators
/// compile and complete a first session.
/// </summary>
public sealed class OpenApiTests
{
    private static readonly string Document = Repository.File("openapi", "v1.json");

    [Fact]
    public async Task Spectral_reports_nothing()
    {
        var spectral = ExternalTool.RequireNpm("@stoplight/spectral-cli/dist/index.js");
        await ToolRun.SucceedAsync(
            Repository.Root,
            ExternalTool.Require("node"),
            spectral,
            "lint",
            Document,
            "--ruleset",
            Repository.File("openapi", "spectral.yaml"),
            "--fail-severity",
            "hint"
        );
    }

    [Fact]
    public async Task A_generated_TypeScript_client_completes_a_first_session()
    {
        var (generator, compiler) = (
            ExternalTool.RequireNpm("openapi-typescript/bin/cli.js"),
            ExternalTool.RequireNpm("typescript/bin/tsc")
        );
        var node = ExternalTool.Require("node");
        // Below tests/tools, so that Node finds the client's package.
        var folder = Directory.CreateDirectory(Repository.File("tests", "tools", "obj", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            await ToolRun.SucceedAsync(folder, node, generator, Document, "-o", "schema.d.ts");
            File.Copy(Session("session.ts"), Path.Combine(folder, "session.mts"));
            await ToolRun.SucceedAsync(
                folder,
                node,
                compiler,
                "session.mts",
                "--strict",
                "--target",
                "es2022",
                "--module",
                "nodenext",
                "--skipLibCheck"
            );
            await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
            var output = await ToolRun.SucceedAsync(
                folder,
                node,
                "session.mjs",
                host.Address.ToString(),
                TestUsers.NewEmail(),
                TestUsers.Password
            );
            Assert.Contains("signed in as a student", output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_generated_CSharp_client_completes_a_first_session()
    {
        var generator = ExternalTool.RequireNpm("nswag/bin/binaries/Net100/dotnet-nswag.dll");
        using var folder = new TemporaryFolder();
        await ToolRun.SucceedAsync(
            folder.Path,
            "dotnet",
            generator,
            "openapi2csclient",
            $"/input:{Document}",
            "/output:MovieLmsClient.cs",
            "/classname:MovieLmsClient",
            "/namespace:Generated",
            "/jsonLibrary:SystemTextJson",
            "/operationGenerationMode:SingleClientFromOperationId",
            "/generateOptionalParameters:true",
            "/useBaseUrl:false"
        );
        File.Copy(Session("Session.cs.txt"), Path.Combine(folder.Path, "Session.cs"));
        File.Copy(Session("Session.csproj.txt"), Path.Combine(folder.Path, "Session.csproj"));
        await ToolRun.SucceedAsync(folder.Path, "dotnet", "build", "-o", "out", "-v", "q", "--nologo");
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        var output = await ToolRun.SucceedAsync(
            folder.Path,
            "dotnet",
            Path.Combine("out", "Session.dll"),
            host.Address.ToString(),
            TestUsers.NewEmail(),
            TestUsers.Password
        );
        Assert.Contains("signed in as a student", output);
    }

    private static string Session(string name) => Repository.File("tests", "MovieLms.EndToEnd", "Clients", "Sessions", name);
}
