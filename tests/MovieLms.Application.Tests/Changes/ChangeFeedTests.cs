using MongoDB.Bson;
using MovieLms.Application.Changes;
using MovieLms.Data.Assignments;
using MovieLms.Data.Changes;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Favorites;
using MovieLms.Data.Identity;
using MovieLms.Data.Lectures;
using MovieLms.Data.Movies;
using MovieLms.Data.Orders;
using MovieLms.Data.Relations;
using MovieLms.Data.Reviews;
using MovieLms.Data.Submissions;
using MovieLms.Data.Todos;
using MovieLms.Testing;

namespace MovieLms.Application.Tests.Changes;

/// <summary>The change that each write publishes, and the cached responses that it invalidates.</summary>
public sealed class ChangeFeedTests(DataFixture data) : IClassFixture<DataFixture>
{
    private static readonly ObjectId User = ObjectId.GenerateNewId();

    [Theory]
    [InlineData("movie", ChangeKind.Written, "movies")]
    [InlineData("movie", ChangeKind.Removed, "movies")]
    [InlineData("review", ChangeKind.Written, "movies", "reviews")]
    [InlineData("favorite", ChangeKind.Removed, "favorites")]
    [InlineData("order", ChangeKind.Written, "orders")]
    [InlineData("todo", ChangeKind.Written, "todos:{owner}")]
    [InlineData("course", ChangeKind.Written, "enrollments", "teaching")]
    [InlineData("lecture", ChangeKind.Removed, "teaching")]
    [InlineData("assignment", ChangeKind.Written, "teaching")]
    [InlineData("enrollment", ChangeKind.Written, "enrollments:{owner}")]
    [InlineData("submission", ChangeKind.Written, "work:{owner}")]
    [InlineData("user", ChangeKind.Written, "enrollments:{id}")]
    [InlineData("user", ChangeKind.Removed, "todos:{id}")]
    [InlineData("notification", ChangeKind.Written)]
    public void A_change_invalidates_the_tags_of_its_entity(string entity, ChangeKind kind, params string[] tags)
    {
        var id = ObjectId.GenerateNewId();
        var change = new Change(entity, kind, [id]) { Owners = [User] };
        Assert.Equal(
            tags.Select(tag =>
                tag.Replace("{owner}", $"{User}", StringComparison.Ordinal).Replace("{id}", $"{id}", StringComparison.Ordinal)
            ),
            ChangeFeed.Tags(change)
        );
    }

    [Fact]
    public void Changes_of_cascaded_enrollments_and_submissions_have_no_owner_and_invalidate_the_shared_tags()
    {
        Assert.Equal(["enrollments"], ChangeFeed.Tags(new Change("enrollment", ChangeKind.Removed, [User])));
        Assert.Equal(["teaching"], ChangeFeed.Tags(new Change("submission", ChangeKind.Restored, [User])));
    }

    [Fact]
    public void Every_entity_of_the_table_is_declared()
    {
        var declared = data.Get<EntityModel>().All.Select(entity => entity.Name).ToHashSet();
        string[] table =
        [
            MovieEntity.Name,
            ReviewEntity.Name,
            FavoriteEntity.Name,
            OrderEntity.Name,
            TodoEntity.Name,
            CourseEntity.Name,
            LectureEntity.Name,
            EnrollmentEntity.Name,
            AssignmentEntity.Name,
            SubmissionEntity.Name,
            IdentityEntities.User,
        ];
        Assert.Subset(declared, table.ToHashSet());
    }

    [Fact]
    public async Task Each_write_of_a_store_publishes_one_change()
    {
        var movie = (await data.Get<MovieStore>().CreateAsync(new MovieDetails { Title = "Sunrise" }, null, 0, default)).Value!.Id;
        await ExpectAsync(
            MovieEntity.Name,
            ChangeKind.Written,
            () => data.Get<MovieStore>().ReplaceAsync(movie, new MovieDetails { Title = "Dawn" }, null, default)
        );
        await ExpectAsync(ReviewEntity.Name, ChangeKind.Written, () => data.Get<ReviewStore>().CreateAsync(movie, User, 7, null, default));
        await ExpectAsync(FavoriteEntity.Name, ChangeKind.Written, () => data.Get<FavoriteStore>().AddAsync(User, movie, default));
        await ExpectAsync(FavoriteEntity.Name, ChangeKind.Removed, () => data.Get<FavoriteStore>().RemoveAsync(User, movie, default));
        var todo = await data.Get<TodoStore>().CreateAsync(User, new TodoContent("Write", null, null, TodoPriority.Low, false), default);
        await ExpectAsync(
            TodoEntity.Name,
            ChangeKind.Written,
            () => data.Get<TodoStore>().ChangeAsync(User, todo.Id, content => content with { Done = true }, null, default)
        );
        await ExpectAsync(TodoEntity.Name, ChangeKind.Removed, () => data.Get<TodoStore>().DeleteAsync(User, todo.Id, null, default));
        await ExpectAsync(TodoEntity.Name, ChangeKind.Written, () => data.Get<TodoStore>().RestoreAsync(User, todo.Id, default));
    }

    [Fact]
    public async Task Changes_of_a_withdrawal_and_an_order_contain_the_document()
    {
        var details = new CourseDetails("Lighting", null, 5, "EUR", null, CourseStatus.Published);
        var course = await data.Get<CourseStore>().CreateAsync(ObjectId.GenerateNewId(), details, default);
        var enrollment = (await data.Get<EnrollmentStore>().EnrollAsync(course.Id, User, default)).Value!;
        var withdrawn = await ExpectAsync(
            EnrollmentEntity.Name,
            ChangeKind.Written,
            () => data.Get<EnrollmentStore>().WithdrawAsync(enrollment.Id, User, null, default)
        );
        Assert.Equal(EnrollmentStatus.Withdrawn, Assert.IsType<EnrollmentDocument>(withdrawn.Payload).Status);
        var order = await data.Get<OrderStore>().CreateAsync(ObjectId.GenerateNewId(), User, "Ada", course, 1, default);
        var paid = await ExpectAsync(
            OrderEntity.Name,
            ChangeKind.Written,
            () => data.Get<OrderStore>().ChangeAsync(order.Id, OrderStatus.Paid, User, null, default)
        );
        Assert.Equal(OrderStatus.Paid, Assert.IsType<OrderDocument>(paid.Payload).Status);
        var second = await data.Get<OrderStore>().CreateAsync(ObjectId.GenerateNewId(), User, "Ada", course, 1, default);
        var cancelled = await ExpectAsync(
            OrderEntity.Name,
            ChangeKind.Written,
            () => data.Get<OrderStore>().CancelPendingAsync(second.Id, User, User, null, default)
        );
        Assert.Equal(OrderStatus.Cancelled, Assert.IsType<OrderDocument>(cancelled.Payload).Status);
    }

    [Fact]
    public async Task A_write_that_changes_nothing_publishes_nothing()
    {
        var before = data.Changes.Published.Count;
        await data.Get<TodoStore>().DeleteAsync(User, ObjectId.GenerateNewId(), null, default);
        await data.Get<TodoStore>().RestoreAsync(User, ObjectId.GenerateNewId(), default);
        await data.Get<OrderStore>().CancelPendingAsync(ObjectId.GenerateNewId(), User, User, null, default);
        await data.Get<MovieStore>().ReplaceAsync(ObjectId.GenerateNewId(), new MovieDetails { Title = "None" }, null, default);
        Assert.Equal(before, data.Changes.Published.Count);
    }

    private async Task<Change> ExpectAsync(string entity, ChangeKind kind, Func<Task> write)
    {
        var before = data.Changes.Published.Count;
        await write();
        var change = Assert.Single(data.Changes.Published.Skip(before));
        Assert.Equal((entity, kind), (change.Entity, change.Kind));
        return change;
    }
}
