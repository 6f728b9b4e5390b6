namespace EmbeddedMongo.Tests.Clients;

/// <summary>Unmodified clients of other languages: what works with them here works with them on MongoDB.</summary>
public sealed class OtherClientTests
{
    // Debian's python3-pymongo is installed for the system's interpreter, which need not be the first in the path.
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    [Fact]
    public async Task PyMongo_passes_its_smoke_suite()
    {
        await ExternalProgram.RequireAsync(Python, "-c", "import pymongo, gridfs");
        await using var server = await EmbeddedMongoServer.StartAsync();
        var script = Path.Combine(ExternalProgram.FolderOf("pymongo"), "smoke.py");
        var (code, output) = await ExternalProgram.TryRunAsync(Path.GetTempPath(), Python, script, server.ConnectionString);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task Mongoose_passes_its_smoke_suite()
    {
        await ExternalProgram.RequireAsync("node", "--version");
        await ExternalProgram.RequireAsync("npm", "--version");
        var folder = Directory.CreateTempSubdirectory("movielms-mongoose-").FullName;
        try
        {
            foreach (var file in Directory.GetFiles(ExternalProgram.FolderOf("mongoose")))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));

            var (installed, log) = await ExternalProgram.TryRunAsync(
                folder,
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--prefer-offline"
            );
            Assert.SkipWhen(installed != 0 && !ExternalProgram.EverythingRequired, $"npm could not install mongoose: {log}");
            Assert.True(installed == 0, log);

            await using var server = await EmbeddedMongoServer.StartAsync();
            var (code, output) = await ExternalProgram.TryRunAsync(folder, "node", "smoke.mjs", server.ConnectionString);
            Assert.True(code == 0, output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
