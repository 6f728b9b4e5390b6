using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>The <c>writeErrors</c> of a batch: statements that failed, by their place in it.</summary>
internal sealed class WriteErrors
{
    private readonly BsonArray _errors = [];

    public bool Any => _errors.Count > 0;

    public void Add(int index, MongoErrorException error)
    {
        var entry = new BsonDocument
        {
            { "index", index },
            { "code", error.Code },
            { "errmsg", error.Message },
        };
        if (error.Details is { } details)
            entry.AddRange(details);

        _errors.Add(entry);
    }

    public void WriteTo(OperationContext operation)
    {
        if (Any)
            operation.Reply.Add("writeErrors", _errors);
    }

    /// <summary>
    /// Runs a batch's statements in turn; the errors of statements are collected, and the first one ends an ordered batch.
    /// What ends the whole command (deadline, shutdown) goes through.
    /// </summary>
    public void Run(int count, bool ordered, Action<int> statement)
    {
        for (var i = 0; i < count; i++)
        {
            try
            {
                statement(i);
            }
            catch (MongoErrorException error) when (!EndsCommand(error.Code))
            {
                Add(i, error);
            }
            catch (InvalidBsonException error)
            {
                Add(i, CommandDispatcher.FromBson(error));
            }

            if (ordered && Any)
                return;
        }
    }

    private static bool EndsCommand(int code) =>
        code is MongoErrorCodes.MaxTimeMsExpired or MongoErrorCodes.InterruptedAtShutdown or MongoErrorCodes.Interrupted;
}
