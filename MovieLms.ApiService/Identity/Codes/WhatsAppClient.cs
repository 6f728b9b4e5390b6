using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace MovieLms.ApiService.Identity.Codes;

/// <summary>The account that sends by WhatsApp; bound from the section <c>WhatsApp</c>.</summary>
internal sealed class WhatsAppOptions
{
    internal const string Section = "WhatsApp";

    public string BaseAddress { get; set; } = "https://graph.facebook.com";
    public string Version { get; set; } = "v23.0";
    public string? PhoneNumberId { get; set; }
    public string? AccessToken { get; set; }

    /// <summary>An approved template of the category "authentication".</summary>
    public string Template { get; set; } = "movielms_code";
    public string Language { get; set; } = "en";

    /// <summary>A plain message instead of a template: works for test numbers only.</summary>
    public bool PlainText { get; set; }

    internal bool IsConfigured => !string.IsNullOrEmpty(PhoneNumberId) && !string.IsNullOrEmpty(AccessToken);
}

/// <summary>
/// WhatsApp's Cloud API (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages). Retries and time-outs are the HTTP
/// client's.
/// </summary>
internal sealed partial class WhatsAppClient(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, ILogger<WhatsAppClient> logger)
{
    internal const string ClientName = "whatsapp";

    /// <summary>False until a sender is configured.</summary>
    internal bool IsConfigured => options.Value.IsConfigured;

    /// <summary>Sends a code to a number.</summary>
    /// <param name="phone">ITU-T E.164.</param>
    /// <param name="code">The digits.</param>
    /// <param name="cancellationToken">The request's.</param>
    /// <returns>False when the service did not take it; the reason is in the log.</returns>
    internal async Task<bool> SendCodeAsync(string phone, string code, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{settings.BaseAddress.TrimEnd('/')}/{settings.Version}/{settings.PhoneNumberId}/messages"
        );
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", settings.AccessToken);
        request.Content = JsonContent.Create(settings.PlainText ? PlainText(phone, code) : Template(phone, code, settings));
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var answer = await client.SendAsync(request, cancellationToken);
            if (answer.IsSuccessStatusCode)
                return true;
            LogRefused(logger, (int)answer.StatusCode);
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

    private static JsonObject PlainText(string phone, string code) =>
        new()
        {
            ["messaging_product"] = "whatsapp",
            ["to"] = phone.TrimStart('+'),
            ["type"] = "text",
            ["text"] = new JsonObject { ["body"] = $"Your MovieLms code is {code}" },
        };

    private static JsonObject Template(string phone, string code, WhatsAppOptions settings) =>
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
                    new JsonObject { ["type"] = "body", ["parameters"] = Parameter(code) },
                    new JsonObject
                    {
                        ["type"] = "button",
                        ["sub_type"] = "url",
                        ["index"] = "0",
                        ["parameters"] = Parameter(code),
                    }
                ),
            },
        };

    private static JsonArray Parameter(string code) => new(new JsonObject { ["type"] = "text", ["text"] = code });

    [LoggerMessage(LogLevel.Warning, "WhatsApp refused a message with {Status}")]
    private static partial void LogRefused(ILogger logger, int status);

    [LoggerMessage(LogLevel.Warning, "WhatsApp does not answer ({Reason})")]
    private static partial void LogUnavailable(ILogger logger, string reason);
}
