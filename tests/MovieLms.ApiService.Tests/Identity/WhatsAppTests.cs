using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MovieLms.Testing;

namespace MovieLms.ApiService.Tests.Identity;

/// <summary>Sends codes to a fake server of the Cloud API.</summary>
public sealed class WhatsAppTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<(string Path, string? Authorization, JsonElement Body)> _requests = new();
    private readonly ConcurrentQueue<int> _failures = new();
    private WebApplication _cloud = null!;
    private ServiceHost _host = null!;
    private TestUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _cloud = builder.Build();
        _cloud.MapPost(
            "/{version}/{sender}/messages",
            async (HttpRequest request) =>
            {
                _requests.Enqueue((request.Path, request.Headers.Authorization, await request.ReadFromJsonAsync<JsonElement>()));
                return _failures.TryDequeue(out var status)
                    ? Results.StatusCode(status)
                    : Results.Json(new { messages = new[] { new { id = "wamid.1" } } });
            }
        );
        await _cloud.StartAsync();
        _host = await ServiceHost.StartAsync(
            new ServiceHostOptions
            {
                Services = Services.Api,
                Settings = new Dictionary<string, string?>
                {
                    ["WhatsApp:BaseAddress"] = _cloud.Urls.First(),
                    ["WhatsApp:PhoneNumberId"] = "10001",
                    ["WhatsApp:AccessToken"] = "the-access-token",
                    ["WhatsApp:Version"] = "v23.0",
                },
            }
        );
        _user = await _host.SignInStudentAsync();
        await _host.VerifyEmailAsync(_user);
    }

    [Fact]
    public async Task A_phone_number_can_be_verified_only_after_the_address()
    {
        _user = await _host.SignInStudentAsync();
        await SetPhoneAsync();
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync()).StatusCode);
        Assert.Empty(_requests);
        await _host.VerifyEmailAsync(_user);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync()).StatusCode);
    }

    [Fact]
    public async Task A_code_is_sent_as_an_authentication_template_and_verifies_the_number()
    {
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync()).StatusCode);
        await SetPhoneAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync()).StatusCode);
        var (path, authorization, body) = Assert.Single(_requests);
        Assert.Equal("/v23.0/10001/messages", path);
        Assert.Equal("Bearer the-access-token", authorization);
        Assert.Equal("whatsapp", body.GetProperty("messaging_product").GetString());
        Assert.Equal("4915112345678", body.GetProperty("to").GetString());
        var components = body.GetProperty("template").GetProperty("components");
        var code = components[0].GetProperty("parameters")[0].GetProperty("text").GetString();
        Assert.Equal(code, components[1].GetProperty("parameters")[0].GetProperty("text").GetString());
        var verified = await _user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyPhone", code });
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        Assert.True((await _user.Client.GetFromJsonAsync<JsonElement>("/api/auth/me")).GetProperty("phoneVerified").GetBoolean());
    }

    [Fact]
    public async Task A_transient_failure_is_retried()
    {
        await SetPhoneAsync();
        _failures.Enqueue(503);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync()).StatusCode);
        Assert.Equal(2, _requests.Count);
    }

    [Fact]
    public async Task A_rejected_message_returns_503_and_its_code_is_invalid()
    {
        await SetPhoneAsync();
        _failures.Enqueue(400);
        var response = await SendAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        var code = _requests
            .Single()
            .Body.GetProperty("template")
            .GetProperty("components")[0]
            .GetProperty("parameters")[0]
            .GetProperty("text")
            .GetString();
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await _user.Client.PostAsJsonAsync("/api/auth/otp/verify", new { purpose = "verifyPhone", code })).StatusCode
        );
    }

    private async Task SetPhoneAsync() =>
        (
            await _user.Client.PutAsJsonAsync(
                "/api/auth/me",
                new
                {
                    username = "Ida",
                    phone = "+4915112345678",
                    currentPassword = _user.Password,
                }
            )
        ).EnsureSuccessStatusCode();

    private Task<HttpResponseMessage> SendAsync() =>
        _user.Client.PostAsJsonAsync("/api/auth/otp", new { channel = "whatsApp", purpose = "verifyPhone" });

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _cloud.DisposeAsync();
    }
}
