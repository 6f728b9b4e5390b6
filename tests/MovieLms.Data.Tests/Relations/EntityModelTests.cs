using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Tests.Relations;

public sealed class EntityModelTests
{
    private static readonly Entity Shelf = new("shelf", "shelves", typeof(Thing));
    private static readonly Entity Box = new("box", "boxes", typeof(Thing)) { References = [new("parentId", "shelf", OnDelete.Cascade)] };

    [Fact]
    public void What_goes_with_an_entity_comes_after_all_it_depends_on()
    {
        var label = new Entity("label", "labels", typeof(Thing))
        {
            References = [new("parentId", "box", OnDelete.Cascade), new("otherId", "shelf", OnDelete.Cascade)],
        };
        var model = new EntityModel([label, Box, Shelf]);
        Assert.Equal(["box", "label"], model.Levels(Shelf).Select(entity => entity.Name));
        Assert.Equal(["label"], model.Levels(Box).Select(entity => entity.Name));
        Assert.Empty(model.Levels(label));
    }

    [Fact]
    public void A_kept_reference_is_not_followed() =>
        Assert.Empty(new EntityModel([Shelf, Box with { References = [new("parentId", "shelf", OnDelete.Keep)] }]).Levels(Shelf));

    public static TheoryData<string, Entity[]> Wrong() =>
        new()
        {
            { "not declared", [Box] },
            { "no field", [Shelf, Box with { References = [new("shelfId", "shelf", OnDelete.Keep)] }] },
            { "circle", [Box, Shelf with { References = [new("parentId", "box", OnDelete.Cascade)] }] },
            { "circle", [Shelf with { References = [new("parentId", "shelf", OnDelete.Cascade)] }] },
            { "called shelf", [Shelf, Shelf with { Collection = "others" }] },
            { "stored in shelves", [Shelf, Shelf with { Name = "other" }] },
            { "lacks one of", [Shelf, new("bare", "bares", typeof(Bare)) { References = [new("parentId", "shelf", OnDelete.Cascade)] }] },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_declarations_are_refused_by_name(string reason, Entity[] entities) =>
        Assert.Contains(
            reason,
            Assert.Throws<InvalidOperationException>(() => new EntityModel(entities)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_products_own_declarations_are_right()
    {
        var services = new ServiceCollection();
        services.AddMovieLmsData();
        using var provider = services.BuildServiceProvider();
        var model = provider.GetRequiredService<EntityModel>();
        Assert.Superset(
            new HashSet<string> { "review", "favorite" },
            model.Levels(model["movie"]).Select(entity => entity.Name).ToHashSet()
        );
        Assert.Superset(
            new HashSet<string> { "review", "favorite", "todo" },
            model.Levels(model["user"]).Select(entity => entity.Name).ToHashSet()
        );
        Assert.DoesNotContain("session", model.Levels(model["user"]).Select(entity => entity.Name));
    }

    private sealed record Bare(ObjectId Id, ObjectId ParentId);

    private sealed record Thing
    {
        public ObjectId Id { get; init; }
        public ObjectId? ParentId { get; init; }
        public ObjectId? OtherId { get; init; }
        public DateTimeOffset? DeletedAt { get; init; }
        public ObjectId? DeletedBy { get; init; }
        public DateTimeOffset? ArchivedAt { get; init; }
        public ObjectId? ArchivedBy { get; init; }
    }
}
