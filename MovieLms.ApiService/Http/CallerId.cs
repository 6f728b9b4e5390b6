using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Http;

/// <summary>Reads the caller's ID in the type that the database uses.</summary>
internal static class CallerId
{
    /// <summary>Returns the signed-in user's ID. It is always well-formed, because the API issues the tokens itself.</summary>
    internal static ObjectId GetObjectId(this ClaimsPrincipal user) => MongoDB.Bson.ObjectId.Parse(user.Id());
}
