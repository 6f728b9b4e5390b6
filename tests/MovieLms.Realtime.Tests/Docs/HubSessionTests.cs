using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.Realtime.Tests.Docs;

/// <summary>A TypeScript client whose types come from <c>openapi/hub.asyncapi.json</c> alone compiles and completes a session.</summary>
public sealed class HubSessionTests
{
    [Fact]
    public async Task A_client_typed_from_the_document_completes_a_session()
    {
        ExternalTool.RequireNpm("@microsoft/signalr/package.json");
        var compiler = ExternalTool.RequireNpm("typescript/bin/tsc");
        // Below tests/tools, so that Node finds the client's package.
        var folder = Directory.CreateDirectory(Repository.File("tests", "tools", "obj", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var types = await RunAsync(
                folder,
                Repository.File("clients", "typescript", "scripts", "hub-types.mjs"),
                Repository.File("openapi", "hub.asyncapi.json")
            );
            await File.WriteAllTextAsync(Path.Combine(folder, "hub-types.d.mts"), types);
            File.Copy(Repository.File("tests", "tools", "hub-session.mts"), Path.Combine(folder, "hub-session.mts"));
            await RunAsync(
                folder,
                compiler,
                "hub-session.mts",
                "--strict",
                "--target",
                "es2022",
                "--module",
                "nodenext",
                "--typeRoots",
                ".",
                "--skipLibCheck"
            );
            await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api | Services.Realtime });
            var (alice, bob) = (await host.SignInStudentAsync(), await host.SignInStudentAsync());
            await host
                .App.Services.GetRequiredService<Notifier>()
                .NotifyAsync([ObjectId.Parse(bob.Id)], "grade", "Graded", "90", null, "g1", default);
            var output = await RunAsync(
                folder,
                "hub-session.mjs",
                new Uri(host.Address, "/hubs/chat").ToString(),
                alice.AccessToken,
                alice.Username,
                bob.AccessToken,
                bob.Id
            );
            Assert.Contains("session complete", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Runs a script with Node and returns its output.</summary>
    internal static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(ExternalTool.Require("node"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        await process.WaitForExitAsync(timeout.Token);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}
