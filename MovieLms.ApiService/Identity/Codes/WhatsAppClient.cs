using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>Settings of the WhatsApp sender, bound from the section <c>WhatsApp</c>.</summary>
internal sealed class WhatsAppOptions
{
    internal const string Section = "WhatsApp";

    public string BaseAddress { get; set; } = "https://graph.facebook.com";
    public string Version { get; set; } = "v23.0";
    public string? PhoneNumberId { get; set; }
    public string? AccessToken { get; set; }

    /// <summary>The name of an approved template in the category "authentication".</summary>
    public string Template { get; set; } = "movielms_code";
    public string Language { get; set; } = "en";

    /// <summary>Sends plain text instead of a template. Works only for test numbers.</summary>
    public bool PlainText { get; set; }

    internal bool IsConfigured => !string.IsNullOrEmpty(PhoneNumberId) && !string.IsNullOrEmpty(AccessToken);
}

/// <summary>
/// Sends messages with WhatsApp's Cloud API (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages). The HTTP client
/// handles retries and timeouts.
/// </summary>
internal sealed partial class WhatsAppClient(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, ILogger<WhatsAppClient> logger)
{
    internal const string ClientName = "whatsapp";

    /// <summary>True if a sender is configured.</summary>
    internal bool IsConfigured => options.Value.IsConfigured;

    /// <summary>Sends a code to a phone number in ITU-T E.164 format.</summary>
    /// <returns>False if the service did not accept the message. The reason is logged.</returns>
    internal async Task<bool> SendCodeAsync(string phone, string code, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{settings.BaseAddress.TrimEnd('/')}/{settings.Version}/{settings.PhoneNumberId}/messages"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.AccessToken);
        request.Content = JsonContent.Create(settings.PlainText ? CreatePlainText(phone, code) : CreateFromTemplate(phone, code, settings));
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
                return true;
            LogRefused(logger, (int)response.StatusCode);
            return false;
        }
        catch (Exception e)
            when (e is HttpRequestException or Polly.ExecutionRejectedException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            LogUnavailable(logger, e.GetType().Name);
            return false;
        }
    }

    private static JsonObject CreatePlainText(string phone, string code) =>
        new()
        {
            ["messaging_product"] = "whatsapp",
            ["to"] = phone.TrimStart('+'),
            ["type"] = "text",
            ["text"] = new JsonObject { ["body"] = $"Your MovieLms code is {code}" },
        };

    private static JsonObject CreateFromTemplate(string phone, string code, WhatsAppOptions settings) =>
        new()
        {
            ["messaging_product"] = "whatsapp",
            ["to"] = phone.TrimStart('+'),
            ["type"] = "template",
            ["template"] = new JsonObject
            {
                ["name"] = settings.Template,
                ["language"] = new JsonObject { ["code"] = settings.Language },
                ["components"] = new JsonArray(
                    new JsonObject { ["type"] = "body", ["parameters"] = CreateParameters(code) },
                    new JsonObject
                    {
                        ["type"] = "button",
                        ["sub_type"] = "url",
                        ["index"] = "0",
                        ["parameters"] = CreateParameters(code),
                    }
                ),
            },
        };

    private static JsonArray CreateParameters(string code) => new(new JsonObject { ["type"] = "text", ["text"] = code });

    [LoggerMessage(LogLevel.Warning, "WhatsApp rejected a message with status {Status}")]
    private static partial void LogRefused(ILogger logger, int status);

    [LoggerMessage(LogLevel.Warning, "WhatsApp is unavailable ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}
