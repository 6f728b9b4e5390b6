using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Identity;

namespace MovieLms.Data.PersonalData;

/// <summary>Creates the filters that find a user's documents.</summary>
internal sealed class PersonalDataQueries(IMongoDatabase database)
{
    /// <summary>Returns the filter for the documents of a user that any of the links finds.</summary>
    internal async Task<BsonDocument> FilterAsync(IReadOnlyList<PersonalLink> links, UserDocument user, CancellationToken cancellationToken)
    {
        var filters = new BsonArray();
        foreach (var link in links)
        {
            var filter = new BsonDocument(link.Field, await ValueAsync(link, user, cancellationToken));
            filters.Add(link.Condition is null ? filter : filter.Merge(link.Condition));
        }
        return filters.Count == 1 ? filters[0].AsBsonDocument : new BsonDocument("$or", filters);
    }

    private async Task<BsonValue> ValueAsync(PersonalLink link, UserDocument user, CancellationToken cancellationToken) =>
        link.Kind switch
        {
            PersonalLinkKind.Id => user.Id,
            PersonalLinkKind.IdPrefix => new BsonRegularExpression($"^{user.Id}:"),
            PersonalLinkKind.Address => new BsonDocument("$in", GetAddresses(user)),
            PersonalLinkKind.Parent => new BsonDocument("$in", await ParentsAsync(link.Parent!, user, cancellationToken)),
            _ => throw new ArgumentOutOfRangeException(nameof(link), link.Kind, "The kind of link is unknown."),
        };

    /// <summary>Returns the user's addresses, among them one that is not confirmed yet.</summary>
    private static BsonArray GetAddresses(UserDocument user)
    {
        var addresses = new BsonArray { user.Email, user.EmailNormalized };
        if (user.EmailChange is { } change)
            addresses.Add(change.Email);
        return addresses;
    }

    private async Task<BsonArray> ParentsAsync(string collection, UserDocument user, CancellationToken cancellationToken)
    {
        var filter = await FilterAsync(PersonalCollections.Find(collection)!.Links, user, cancellationToken);
        var parents = await database
            .GetCollection<BsonDocument>(collection)
            .Find(filter)
            .Project(new BsonDocument("_id", 1))
            .ToListAsync(cancellationToken);
        return [.. parents.Select(parent => parent["_id"])];
    }
}
