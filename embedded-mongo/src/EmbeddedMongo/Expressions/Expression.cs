using EmbeddedMongo.Bson;
using MongoDB.Bson;

namespace EmbeddedMongo.Expressions;

/// <summary>A parsed aggregation expression. C# null stands for a missing field, <see cref="BsonNull"/> for null.</summary>
internal abstract class Expression
{
    /// <summary>Returns the value for the document and variables bound in <paramref name="context"/>; null if missing.</summary>
    public abstract BsonValue? Evaluate(EvaluationContext context);

    /// <summary>Adds the fields of the root document that the value depends on.</summary>
    public abstract void CollectFields(FieldSet into);

    /// <summary>Whether the value depends on no input, so that it can be computed once, while parsing.</summary>
    public virtual bool IsConstant => false;

    /// <summary>
    /// Whether a constant that fails is an error of the command, even if no document needs it. MongoDB evaluates constants before it reads
    /// documents, but not those of operators that it does not fold.
    /// </summary>
    public virtual bool FailsWhileParsing => true;
}
