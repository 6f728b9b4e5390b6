using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MovieLms.Data.Identity;
using MovieLms.Data.PersonalData;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Tests.PersonalData;

/// <summary>
/// Every collection declares how it relates to users. If a test fails for a new collection, add it to
/// <see cref="PersonalCollections"/>: exported by which field, erased how, or not personal for which reason.
/// </summary>
public sealed partial class PersonalCollectionsTests
{
    [Fact]
    public void Every_collection_is_declared_exactly_once()
    {
        var declared = PersonalCollections.All.Select(collection => collection.Name).ToList();
        Assert.Equal(declared.Distinct(), declared);
        Assert.Equal(GetCollections().Order(StringComparer.Ordinal), declared.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_collection_that_is_not_exported_or_kept_has_a_reason()
    {
        var unexplained = PersonalCollections.All.Where(collection =>
            collection.Reason is null && (!collection.IsExported || collection.Erasure != Erasure.Remove)
        );
        // Deleted messages are described where they are declared.
        Assert.Equal([CollectionNames.ChatMessages], unexplained.Select(collection => collection.Name));
        Assert.All(
            PersonalCollections.All,
            collection => Assert.Equal(collection.Links.Count > 0, collection.IsExported || collection.Erasure != Erasure.Keep)
        );
    }

    [Fact]
    public void Every_reference_to_a_user_is_a_link_or_a_mention()
    {
        var missing = GetModel()
            .All.SelectMany(entity =>
                entity
                    .References.Where(reference => reference.To == IdentityEntities.User)
                    .Select(reference => (entity.Collection, reference.Field))
            )
            .Where(field => !IsDeclared(field.Collection, field.Field));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_field_that_is_named_like_a_user_is_a_link_or_a_mention()
    {
        var fields = GetModel()
            .All.SelectMany(entity => GetUserFields(entity.Document, "").Select(field => (entity.Collection, field)))
            .ToList();
        Assert.Contains((CollectionNames.ChatMessages, "userId"), fields);
        Assert.Contains(("submissions", "gradeChanges.by"), fields);
        Assert.DoesNotContain(fields, field => !IsDeclared(field.Collection, field.field));
    }

    [Fact]
    public void The_declared_fields_exist()
    {
        foreach (var entity in GetModel().All)
        {
            var declared = PersonalCollections.Find(entity.Collection)!;
            var fields = EntityModel.Fields(entity);
            var used = declared.Links.Select(link => link.Field).Concat(declared.Mentions).Concat(declared.ExportedFields);
            Assert.Empty(used.Select(field => field.Split('.')[0]).Except(fields));
        }
    }

    [Fact]
    public void No_exported_field_is_a_secret()
    {
        using var provider = CreateProvider();
        var reader = provider.GetRequiredService<PersonalDataReader>();
        var exported = PersonalCollections
            .All.Where(collection => collection.IsExported)
            .SelectMany(collection => reader.GetColumns(collection).Select(column => $"{collection.Name}.{column}"))
            .ToList();
        Assert.Contains("users.email", exported);
        Assert.DoesNotContain(exported, column => SecretName().IsMatch(column));
    }

    [Fact]
    public void The_user_is_erased_last_and_dependents_before_what_they_depend_on()
    {
        var order = PersonalCollections.All.Select(collection => collection.Name).ToList();
        Assert.Equal(CollectionNames.Users, order[^1]);
        foreach (var collection in PersonalCollections.All)
        {
            foreach (var parent in collection.Links.Select(link => link.Parent).OfType<string>())
                Assert.True(order.IndexOf(collection.Name) < order.IndexOf(parent), $"{collection.Name} is erased after {parent}.");
        }
    }

    /// <summary>Returns every collection that the code names: the shared names, and the constants called Collection.</summary>
    private static IEnumerable<string> GetCollections()
    {
        var shared = typeof(CollectionNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(Value);
        var own = typeof(CollectionNames)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(field => field is { IsLiteral: true, Name: "Collection" })
            .Select(Value);
        return shared
            .Concat(own)
            .Concat(GetModel().All.Select(entity => entity.Collection))
            .Distinct()
            .SelectMany(name => name == CollectionNames.Files ? new[] { $"{name}.files", $"{name}.chunks" } : [name]);

        static string Value(FieldInfo field) => (string)field.GetRawConstantValue()!;
    }

    private static bool IsDeclared(string collection, string field) =>
        PersonalCollections.Find(collection) is { } declared
        && (declared.Links.Any(link => link.Field == field) || declared.Mentions.Contains(field));

    private static IEnumerable<string> GetUserFields(Type type, string prefix)
    {
        foreach (var member in BsonClassMap.LookupClassMap(type).AllMemberMaps)
        {
            var path = prefix + member.ElementName;
            var value = Nullable.GetUnderlyingType(member.MemberType) ?? member.MemberType;
            if (value.IsGenericType && typeof(IEnumerable).IsAssignableFrom(value) && value.GetGenericArguments() is [var element])
                value = element;
            if (value == typeof(ObjectId) && UserName().IsMatch(member.ElementName))
                yield return path;
            if (value.Namespace?.StartsWith("MovieLms.", StringComparison.Ordinal) == true && value is { IsEnum: false, IsClass: true })
            {
                foreach (var field in GetUserFields(value, path + "."))
                    yield return field;
            }
        }
    }

    private static EntityModel GetModel()
    {
        using var provider = CreateProvider();
        return provider.GetRequiredService<EntityModel>();
    }

    private static ServiceProvider CreateProvider()
    {
        var services = new ServiceCollection();
        services.AddMovieLmsData();
        services.AddSingleton(new MongoDB.Driver.MongoClient("mongodb://127.0.0.1:1").GetDatabase("unused"));
        return services.BuildServiceProvider();
    }

    /// <summary>Names of fields that contain users. The marks of deleted and archived documents contain operations.</summary>
    [GeneratedRegex(
        "^(by|(user|owner|student|author|customer|actor|teacher|member|creator|runningFor)s?(Ids?)?|(?!deleted|archived|undone)[a-z]+By)$"
    )]
    private static partial Regex UserName();

    [GeneratedRegex("hash|secret|token|passw|totp|recovery|code|revo", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
