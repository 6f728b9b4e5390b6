using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MovieLms.Client;
using MovieLms.Client.Hub;
using MovieLms.EndToEnd.Contract;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;

namespace MovieLms.EndToEnd.Clients;

/// <summary>The package in <c>clients/dotnet</c> completes a whole session of a student.</summary>
public sealed class DotnetClientTests
{
    [Fact]
    public async Task A_session_of_the_dotnet_client_completes()
    {
        await using var host = await ServiceHost.StartAsync();
        await using var proxy = await ContractProxy.StartAsync(host.Address);
        using var network = new DisturbedNetwork();
        using var client = new MovieLmsClient(proxy.Address, new MovieLmsClientOptions { Handler = network });
        var (email, api) = (TestUsers.NewEmail(), client.Api);

        // Register and sign in.
        await api.RegisterAsync(
            new RegisterRequest
            {
                Username = "A client",
                Email = email,
                Password = TestUsers.Password,
            }
        );
        var wrong = await Assert.ThrowsAnyAsync<ApiException>(() => client.SignInAsync(email, "not-the-password"));
        Assert.Equal(401, wrong.StatusCode);
        Assert.IsType<SignedIn>(await client.SignInAsync(email, TestUsers.Password));
        Assert.Equal(UserResponseRole.Student, (await api.GetMeAsync()).Role);

        // Enums, in and out, and the fields of a validation error.
        var todo = await api.CreateTodoAsync(new TodoRequest { Title = "Watch Metropolis", Priority = TodoPriority.High });
        Assert.Equal(TodoPriority.High, todo.Priority);
        var invalid = await Assert.ThrowsAsync<ApiException<HttpValidationProblemDetails>>(() =>
            api.CreateTodoAsync(new TodoRequest { Title = "" })
        );
        Assert.Contains("title", invalid.Result.Errors!.Keys);

        await ImportAsync(client);
        var titles = new List<string>();
        await foreach (var item in Pages.ItemsAsync<TodoResponse>(async cursor => await api.ListTodosAsync(limit: 1, cursor: cursor)))
            titles.Add(item.Title);
        Assert.Equal(["A", "B", "Watch Metropolis"], titles.Order(StringComparer.Ordinal));

        await ChangeAsync(api, todo.Id);
        await EnrollAsync(api, network, await TypeScriptClientTests.CreateCourseAsync(host));

        // Concurrent requests with a rejected token share one renewal.
        client.Session.Tokens = client.Session.Tokens! with
        {
            AccessToken = "expired",
        };
        var users = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => api.GetMeAsync()));
        Assert.All(users, user => Assert.Equal(email, user.Email));
        Assert.Equal(1, network.Count("POST /api/auth/refresh"));

        // Sign out: the tokens are gone here and on the server.
        var last = client.Session.Tokens;
        await client.SignOutAsync();
        Assert.Null(client.Session.Tokens);
        client.Session.Tokens = last;
        Assert.Equal(401, (await Assert.ThrowsAnyAsync<ApiException>(() => api.GetMeAsync())).StatusCode);
        Assert.Null(client.Session.Tokens);
        proxy.AssertNone();
    }

    /// <summary>A second step is a result of its own.</summary>
    [Fact]
    public async Task A_second_step_is_required_and_completed()
    {
        await using var host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Api });
        var user = await host.SignInStudentAsync();
        await host.VerifyEmailAsync(user);
        using var client = new MovieLmsClient(host.Address);
        await client.SignInAsync(user.Email, user.Password);
        var begun = await client.Api.BeginTotpAsync(new BeginSecondStepRequest { CurrentPassword = user.Password });
        var codes = await client.Api.ConfirmTotpAsync(new SecondStepCodeRequest { Code = ComputeCode(begun.Secret) });
        await client.SignOutAsync();

        var required = Assert.IsType<SecondStepRequired>(await client.SignInAsync(user.Email, user.Password));
        Assert.Contains(SecondStepMethod.RecoveryCode, required.Methods);
        Assert.Null(client.Session.Tokens);
        Assert.IsType<SignedIn>(await client.CompleteSignInAsync(required.Challenge, codes.RecoveryCodes[0]));
        Assert.Equal(user.Email, (await client.Api.GetMeAsync()).Email);
    }

    [Fact]
    public async Task The_types_of_the_hub_are_those_of_its_document()
    {
        var generated = await ToolRun.SucceedAsync(
            Repository.Root,
            ExternalTool.Require("node"),
            Repository.File("clients", "dotnet", "scripts", "hub-types.mjs"),
            Repository.File("openapi", "hub.asyncapi.json")
        );
        var committed = await File.ReadAllTextAsync(
            Repository.File("clients", "dotnet", "MovieLms.Client", "Hub", "HubContract.g.cs"),
            TestContext.Current.CancellationToken
        );
        Assert.True(committed == generated, "HubContract.g.cs is out of date. Run scripts/update-clients.sh.");
    }

    /// <summary>An import with live progress, its report and its rejected rows.</summary>
    private static async Task ImportAsync(MovieLmsClient client)
    {
        await using var hub = await client.ConnectHubAsync();
        var completed = new TaskCompletionSource<ImportProgressEvent>();
        hub.OnImportProgress(progress =>
        {
            if (progress.State == ImportProgressEventState.Completed)
                completed.TrySetResult(progress);
        });
        using var rows = new MemoryStream("title,priority\nA,low\nB,high\nC,urgent\n"u8.ToArray());
        var accepted = await client.Api.ImportTodosAsync(file: new FileParameter(rows, "todos.csv", "text/csv"));
        var progress = await completed.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((accepted.Id, 2, 1), (progress.ImportId, progress.Succeeded, progress.Failed));
        using var report = await client.Api.GetImportReportAsync(accepted.Id);
        var head = new byte[4];
        await report.Stream.ReadExactlyAsync(head);
        Assert.Equal("%PDF", Encoding.ASCII.GetString(head));
        using var errors = await client.Api.GetImportErrorsAsync(accepted.Id);
        Assert.Contains("urgent", await new StreamReader(errors.Stream).ReadToEndAsync());

        await hub.JoinRoomAsync("lobby");
        var refused = await Assert.ThrowsAsync<MovieLmsHubException>(() =>
            hub.SendMessageAsync("course:66b2f0c1d942f64886578d87", "Hello", "s1")
        );
        Assert.NotNull(refused.Code);
    }

    /// <summary>A stale version is refused. An update reads again and repeats the change.</summary>
    private static async Task ChangeAsync(MovieLmsApi api, string id)
    {
        var (_, etag) = await Versions.ReadAsync(() => api.GetTodoAsync(id));
        await api.ChangeTodoAsync(id, new TodoPatch { Done = true });
        var stale = await Assert.ThrowsAnyAsync<ApiException>(() => api.ChangeTodoAsync(id, new TodoPatch { Title = "Stale" }, etag));
        Assert.Equal(412, stale.StatusCode);
        var reads = 0;
        var updated = await Versions.UpdateAsync(
            () => api.GetTodoAsync(id),
            async (current, version) =>
            {
                // Another client changes it between the first read and the write.
                if (++reads == 1)
                    await api.ChangeTodoAsync(id, new TodoPatch { Priority = TodoPriority.Low });
                return await api.ChangeTodoAsync(id, new TodoPatch { Title = current.Title + " again" }, version);
            }
        );
        Assert.Equal((2, "Watch Metropolis again", TodoPriority.Low), (reads, updated.Title, updated.Priority));
    }

    /// <summary>An enrollment whose first response is lost, after an outage: the repetition returns the same enrollment.</summary>
    private static async Task EnrollAsync(MovieLmsApi api, DisturbedNetwork network, string course)
    {
        network.Disturb(
            "/api/enrollments",
            _ =>
                Task.FromResult(
                    new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Headers = { RetryAfter = new(TimeSpan.Zero) } }
                )
        );
        network.Disturb(
            "/api/enrollments",
            async send =>
            {
                (await send()).Dispose();
                throw new HttpRequestException("The connection was lost.");
            }
        );
        var enrollment = await api.EnrollAsync(new EnrollRequest { CourseId = course });
        Assert.Equal((course, EnrollmentStatus.Active), (enrollment.CourseId, enrollment.Status));
        Assert.Equal(3, network.Count("POST /api/enrollments"));
        var again = await Assert.ThrowsAnyAsync<ApiException>(() => api.EnrollAsync(new EnrollRequest { CourseId = course }));
        Assert.Equal(409, again.StatusCode);
    }

    /// <summary>Computes the current code of an authenticator app (RFC 6238) from a secret in Base32.</summary>
    private static string ComputeCode(string secret)
    {
        var bits = string.Concat(
            secret.Select(letter => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter), 2).PadLeft(5, '0'))
        );
        var key = bits.Chunk(8).Where(octet => octet.Length == 8).Select(octet => Convert.ToByte(new string(octet), 2)).ToArray();
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        var mac = HMACSHA1.HashData(key, counter);
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(mac[^1] & 0x0f)) & 0x7fff_ffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>A network that does what a test wants with the next requests to a path.</summary>
    private sealed class DisturbedNetwork() : DelegatingHandler(new SocketsHttpHandler())
    {
        private readonly ConcurrentQueue<string> _sent = new();
        private readonly List<(string Path, Func<Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> Act)> _disturbances = [];

        internal int Count(string request) => _sent.Count(sent => sent == request);

        internal void Disturb(string path, Func<Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> act) =>
            _disturbances.Add((path, act));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            _sent.Enqueue($"{request.Method} {path}");
            var index = _disturbances.FindIndex(disturbance => disturbance.Path == path);
            if (index < 0)
                return base.SendAsync(request, cancellationToken);
            var act = _disturbances[index].Act;
            _disturbances.RemoveAt(index);
            return act(() => base.SendAsync(request, cancellationToken));
        }
    }
}
