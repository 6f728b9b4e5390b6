using MongoDB.Driver;
using MovieLms.Data.Cascades;

namespace MovieLms.Data.Enrollments;

/// <summary>Recounts the seats of courses after a cascade deletes or restores enrollments.</summary>
internal sealed class EnrollmentEffect(IMongoDatabase database, CourseSeats seats) : ICascadeEffect
{
    private readonly IMongoCollection<EnrollmentDocument> _enrollments = database.GetCollection<EnrollmentDocument>(
        EnrollmentEntity.Collection
    );

    public string Entity => EnrollmentEntity.Name;

    public async Task RunAsync(CascadeChange change, CancellationToken cancellationToken)
    {
        var changed = Builders<EnrollmentDocument>.Filter.In(enrollment => enrollment.Id, change.Ids);
        var courses = await _enrollments.Find(changed).Project(enrollment => enrollment.CourseId).ToListAsync(cancellationToken);
        foreach (var course in courses.Distinct())
            await seats.RecountAsync(course, cancellationToken);
    }
}
