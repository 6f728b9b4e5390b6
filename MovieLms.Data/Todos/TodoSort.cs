using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Todos;

/// <summary>A sort order of to-dos. To-dos without a due date come after those with one; equal ones are in the order of creation.</summary>
public sealed class TodoSort
{
    private readonly BsonType _keyType;
    private readonly Func<TodoDocument, BsonValue> _keyOf;

    private TodoSort(string name, string field, BsonType keyType, Func<TodoDocument, BsonValue> keyOf)
    {
        (Name, Field, _keyType, _keyOf) = (name, field, keyType, keyOf);
        IsDescending = name[0] == '-';
    }

    /// <summary>All sort orders. The first, newest first, is the default.</summary>
    public static IReadOnlyList<TodoSort> All { get; } =
    [
        new("-createdAt", Keyset.Id, BsonType.ObjectId, todo => todo.Id),
        new("createdAt", Keyset.Id, BsonType.ObjectId, todo => todo.Id),
        new("dueDate", TodoFields.DueKey, BsonType.DateTime, todo => new BsonDateTime(todo.DueKey.UtcDateTime)),
        new("-dueDate", TodoFields.DueKey, BsonType.DateTime, todo => new BsonDateTime(todo.DueKey.UtcDateTime)),
        new("priority", TodoFields.PriorityKey, BsonType.Int32, todo => todo.PriorityKey),
        new("-priority", TodoFields.PriorityKey, BsonType.Int32, todo => todo.PriorityKey),
    ];

    /// <summary>The names of all sort orders.</summary>
    public static IEnumerable<string> Names => All.Select(sort => sort.Name);

    /// <summary>The name that clients send; a leading minus means descending.</summary>
    public string Name { get; }

    internal string Field { get; }

    internal bool IsDescending { get; }

    /// <summary>Parses the name of a sort order; null means newest first.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out TodoSort? sort)
    {
        sort = name is null ? All[0] : All.FirstOrDefault(candidate => candidate.Name == name);
        return sort is not null;
    }

    /// <summary>Returns true if a cursor key has the type of this order's keys.</summary>
    public bool Accepts(BsonValue key) => key.BsonType == _keyType;

    internal BsonValue KeyOf(TodoDocument todo) => _keyOf(todo);
}
