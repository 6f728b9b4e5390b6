using System.Diagnostics.CodeAnalysis;
using MongoDB.Bson;
using MovieLms.Data.Paging;

namespace MovieLms.Data.Todos;

/// <summary>An order of to-dos. Those without a due date come last by due date; equals are in the order of creation.</summary>
public sealed class TodoSort
{
    private readonly BsonType _keyType;
    private readonly Func<TodoDocument, BsonValue> _keyOf;

    private TodoSort(string name, string field, BsonType keyType, Func<TodoDocument, BsonValue> keyOf)
    {
        (Name, Field, _keyType, _keyOf) = (name, field, keyType, keyOf);
        IsDescending = name[0] == '-';
    }

    /// <summary>Every order there is; the first is the default, newest first.</summary>
    public static IReadOnlyList<TodoSort> All { get; } =
    [
        new("-createdAt", Keyset.Id, BsonType.ObjectId, todo => todo.Id),
        new("createdAt", Keyset.Id, BsonType.ObjectId, todo => todo.Id),
        new("dueDate", TodoFields.DueKey, BsonType.DateTime, todo => new BsonDateTime(todo.DueKey.UtcDateTime)),
        new("-dueDate", TodoFields.DueKey, BsonType.DateTime, todo => new BsonDateTime(todo.DueKey.UtcDateTime)),
        new("priority", TodoFields.PriorityKey, BsonType.Int32, todo => todo.PriorityKey),
        new("-priority", TodoFields.PriorityKey, BsonType.Int32, todo => todo.PriorityKey),
    ];

    /// <summary>As a client writes it, a leading minus for descending.</summary>
    public string Name { get; }

    internal string Field { get; }

    internal bool IsDescending { get; }

    /// <summary>Reads an order's name; no name is newest first.</summary>
    public static bool TryParse(string? name, [NotNullWhen(true)] out TodoSort? sort)
    {
        sort = name is null ? All[0] : All.FirstOrDefault(candidate => candidate.Name == name);
        return sort is not null;
    }

    /// <summary>True for a cursor key of the type that this order makes.</summary>
    public bool Accepts(BsonValue key) => key.BsonType == _keyType;

    internal BsonValue KeyOf(TodoDocument todo) => _keyOf(todo);
}
