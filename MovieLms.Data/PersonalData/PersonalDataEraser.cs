using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Data.Analytics;
using MovieLms.Data.Changes;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Orders;
using MovieLms.Data.Relations;

namespace MovieLms.Data.PersonalData;

/// <summary>
/// Removes or anonymizes everything that belongs to a user, as <see cref="PersonalCollections"/> declares. Every step can be repeated, and
/// the user's own document is removed last, so an interrupted erasure is repeated from the start.
/// </summary>
public sealed class PersonalDataEraser(
    IMongoDatabase database,
    EntityModel model,
    UploadStore files,
    IChangeSink changes,
    TimeProvider time
)
{
    private const int ChunkSize = 500;
    private const string Id = "_id";
    private readonly PersonalDataQueries _queries = new(database);

    /// <summary>Erases a user who can no longer sign in.</summary>
    public async Task EraseAsync(UserDocument user, CancellationToken cancellationToken)
    {
        foreach (var collection in PersonalCollections.All.Where(declared => declared.Erasure != Erasure.Keep))
        {
            var filter = await _queries.FilterAsync(collection.ErasedLinks ?? collection.Links, user, cancellationToken);
            var entity = model.All.FirstOrDefault(entity => entity.Collection == collection.Name);
            if (collection.Erasure == Erasure.Remove)
                await RemoveAsync(collection, entity, filter, cancellationToken);
            else
                await AnonymizeAsync(collection, filter, cancellationToken);
            if (entity is not null)
            {
                ObjectId[] ids = entity.Name == IdentityEntities.User ? [user.Id] : [];
                var kind = collection.Erasure == Erasure.Remove ? ChangeKind.Removed : ChangeKind.Written;
                await changes.PublishAsync(new Change(entity.Name, kind, ids) { Owners = [user.Id] });
            }
            if (collection.Name == OrderEntity.Collection)
                await ForgetOrderAnswersAsync(cancellationToken);
        }
    }

    /// <summary>Removes the stored analytics of orders, which name customers. They are computed again on request.</summary>
    private Task ForgetOrderAnswersAsync(CancellationToken cancellationToken) =>
        database
            .GetCollection<BsonDocument>(StoredAnswers.Collection)
            .DeleteManyAsync(new BsonDocument(Id, new BsonRegularExpression("orders/")), cancellationToken);

    private async Task RemoveAsync(PersonalCollection collection, Entity? entity, BsonDocument filter, CancellationToken cancellationToken)
    {
        var documents = database.GetCollection<BsonDocument>(collection.Name);
        while (await documents.Find(filter).Limit(ChunkSize).ToListAsync(cancellationToken) is { Count: > 0 } found)
        {
            // Delete the files first: as long as the document exists, a repeated erasure finds them.
            foreach (var file in found.SelectMany(document => entity?.FilesOf(document) ?? []))
                await files.DeleteAsync(file, cancellationToken);
            var ids = new BsonArray(found.Select(document => document[Id]));
            await documents.DeleteManyAsync(new BsonDocument(Id, new BsonDocument("$in", ids)), cancellationToken);
        }
    }

    private Task AnonymizeAsync(PersonalCollection collection, BsonDocument filter, CancellationToken cancellationToken) =>
        database
            .GetCollection<BsonDocument>(collection.Name)
            .UpdateManyAsync(filter, collection.Anonymized!(time.GetUtcNow()), cancellationToken: cancellationToken);
}
