using MongoDB.Driver;
using MovieLms.Data.Cascades;

namespace MovieLms.Data.Reviews;

/// <summary>Updates movies' ratings when reviews are hidden or restored with their movie or author.</summary>
internal sealed class ReviewEffect(IMongoDatabase database, ReviewRepair repair) : ICascadeEffect
{
    private readonly IMongoCollection<ReviewDocument> _reviews = database.GetCollection<ReviewDocument>(ReviewEntity.Collection);

    public string Entity => ReviewEntity.Name;

    public async Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
    {
        var changed = Builders<ReviewDocument>.Filter.In(review => review.Id, change.Ids);
        var movieIds = await _reviews.Find(changed).Project(review => review.MovieId).ToListAsync(cancellationToken);
        foreach (var movieId in movieIds.Distinct())
            await repair.RepairAsync(movieId, cancellationToken);
    }
}
