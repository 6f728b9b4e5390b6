using System.Text.Json;
using System.Text.Json.Serialization;

namespace MovieLms.Client;

/// <summary>All operations of the API, one method each. Failures throw <see cref="ApiException"/>.</summary>
public partial class MovieLmsApi
{
    static partial void UpdateJsonSerializerSettings(JsonSerializerOptions settings)
    {
        // A member of a request that is not set has the server's default.
        settings.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        settings.AllowOutOfOrderMetadataProperties = true;
        // For lists of enums. The generated members have a converter of their own.
        settings.Converters.Add(new JsonStringEnumConverter());
    }

    partial void ProcessResponse(HttpClient client, HttpResponseMessage response) => ETagCapture.Record(response);
}
