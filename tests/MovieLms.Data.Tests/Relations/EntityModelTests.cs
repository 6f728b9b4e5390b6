using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Tests.Relations;

public sealed class EntityModelTests
{
    private static readonly Entity Shelf = new("shelf", "shelves", typeof(Thing));
    private static readonly Entity Box = new("box", "boxes", typeof(Thing)) { References = [new("parentId", "shelf", OnDelete.Cascade)] };

    [Fact]
    public void Dependent_entities_come_after_the_entities_they_reference()
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
    public void A_reference_with_OnDelete_Keep_is_not_followed() =>
        Assert.Empty(new EntityModel([Shelf, Box with { References = [new("parentId", "shelf", OnDelete.Keep)] }]).Levels(Shelf));

    public static TheoryData<string, Entity[]> InvalidDeclarations() =>
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
    [MemberData(nameof(InvalidDeclarations))]
    public void An_invalid_declaration_throws_with_the_reason(string reason, Entity[] entities) =>
        Assert.Contains(
            reason,
            Assert.Throws<InvalidOperationException>(() => new EntityModel(entities)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void The_declarations_of_the_product_are_valid()
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
