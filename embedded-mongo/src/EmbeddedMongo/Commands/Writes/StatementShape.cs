using System.Text;
using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>
/// The fields of the statements of a write command. MongoDB rejects the whole command if any statement has another field, lacks a required
/// one, or has one of a wrong type. Other errors belong to one statement and do not affect those before it.
/// </summary>
/// <param name="context">The name of the statements in errors, such as <c>update.updates</c>.</param>
/// <param name="fields">The fields, their types as in errors, and whether they are required.</param>
internal sealed class StatementShape(string context, (string Name, string[] Types, bool IsRequired)[] fields)
{
    internal static readonly string[] Object = ["object"];
    internal static readonly string[] Array = ["array"];
    internal static readonly string[] Any = [];

    /// <exception cref="MongoErrorException">40415, 40414 or 14.</exception>
    internal void Require(IEnumerable<ReadOnlyMemory<byte>> statements)
    {
        foreach (var statement in statements)
            Require(statement.Span);
    }

    private void Require(ReadOnlySpan<byte> statement)
    {
        var found = 0;
        foreach (var element in RawBson.Elements(statement))
        {
            var index = IndexOf(element.Name);
            if (index < 0)
                throw MongoErrorException.UnknownField(context, FieldNameCache.Get(element.Name));

            if (element.Type is BsonType.Null or BsonType.Undefined)
                continue;

            var (name, types, _) = fields[index];
            if (types.Length > 0 && !types.Contains(CommandArguments.TypeName(element.Type)))
                throw CommandArguments.WrongType(context, name, element.Type, types);

            found |= 1 << index;
        }

        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].IsRequired && (found & (1 << i)) == 0)
                throw MongoErrorException.MissingField(context, fields[i].Name);
        }
    }

    private int IndexOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (Ascii.Equals(name, fields[i].Name))
                return i;
        }

        return -1;
    }
}
