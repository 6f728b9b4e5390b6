using EmbeddedMongo.Bson;
using EmbeddedMongo.Errors;
using MongoDB.Bson;

namespace EmbeddedMongo.Commands.Writes;

/// <summary>The <c>writeErrors</c> of a batch: the failed statements with their index.</summary>
internal sealed class WriteErrors
{
    private readonly BsonArray _errors = [];

    /// <summary>The errors: documents with <c>index</c>, <c>code</c> and <c>errmsg</c>.</summary>
    public IEnumerable<BsonDocument> Entries => _errors.Cast<BsonDocument>();

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
    /// Runs the statements of a batch in order and collects their errors. The first error ends an ordered batch. Errors that end the whole
    /// command (deadline, shutdown, disconnect) are rethrown.
    /// </summary>
    public void Run(int count, bool ordered, Action<int> statement) => Run(0, count, ordered, statement);

    /// <summary>Runs the statements from <paramref name="from"/> up to, but not including, <paramref name="to"/>.</summary>
    public void Run(int from, int to, bool ordered, Action<int> statement)
    {
        for (var i = from; i < to; i++)
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
