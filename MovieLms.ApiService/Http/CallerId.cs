using System.Security.Claims;
using MongoDB.Bson;
using MovieLms.ServiceDefaults.Access;

namespace MovieLms.ApiService.Http;

/// <summary>The caller's id as the database holds it.</summary>
internal static class CallerId
{
    /// <summary>The signed-in user's id; tokens are ours, so that it is always well-formed.</summary>
    internal static ObjectId ObjectId(this ClaimsPrincipal user) => MongoDB.Bson.ObjectId.Parse(user.Id());
}
