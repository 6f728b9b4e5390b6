using MongoDB.Bson;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>Minimizes a failing case by removing documents, fields and array elements while it still fails.</summary>
internal static class CaseShrinker
{
    private const int MaxAttempts = 400;

    public static async Task<AgreementCase> ShrinkAsync(AgreementCase failing, Func<AgreementCase, Task<bool>> stillFails)
    {
        var attempts = 0;
        for (var isSmaller = true; isSmaller; )
        {
            isSmaller = false;
            foreach (var candidate in GetCandidates(failing))
            {
                if (++attempts > MaxAttempts)
                    return failing;

                if (await stillFails(candidate))
                {
                    failing = candidate;
                    isSmaller = true;
                    break;
                }
            }
        }

        return failing;
    }

    private static IEnumerable<AgreementCase> GetCandidates(AgreementCase agreementCase)
    {
        if (agreementCase.Indexes.Count > 0)
        {
            yield return agreementCase with
            {
                Indexes = [],
            };
        }

        foreach (var documents in Without(agreementCase.Documents))
        {
            yield return agreementCase with
            {
                Documents = documents,
            };
        }

        foreach (var others in Without(agreementCase.Others))
        {
            yield return agreementCase with
            {
                Others = others,
            };
        }

        // Required command fields are kept, but their values shrink.
        for (var i = 1; i < agreementCase.Command.ElementCount; i++)
        {
            var element = agreementCase.Command.GetElement(i);
            if (element.Name is not ("filter" or "updates" or "pipeline" or "query"))
            {
                var fewer = new BsonDocument(agreementCase.Command);
                fewer.RemoveAt(i);
                yield return agreementCase with
                {
                    Command = fewer,
                    Ordered = agreementCase.Ordered && element.Name != "sort",
                };
            }

            foreach (var value in GetSmallerValues(element.Value))
            {
                yield return agreementCase with
                {
                    Command = new BsonDocument(agreementCase.Command) { [element.Name] = value },
                };
            }
        }

        for (var i = 0; i < agreementCase.Documents.Count; i++)
        {
            foreach (var document in GetSmallerValues(agreementCase.Documents[i]))
            {
                if (document.AsBsonDocument.Contains("_id"))
                {
                    yield return agreementCase with
                    {
                        Documents = new BsonArray(agreementCase.Documents) { [i] = document },
                    };
                }
            }
        }
    }

    private static IEnumerable<BsonArray> Without(BsonArray array)
    {
        for (var i = 0; i < array.Count; i++)
        {
            var fewer = new BsonArray(array);
            fewer.RemoveAt(i);
            yield return fewer;
        }
    }

    private static IEnumerable<BsonValue> GetSmallerValues(BsonValue value)
    {
        switch (value)
        {
            case BsonArray array:
                foreach (var fewer in Without(array))
                    yield return fewer;

                for (var i = 0; i < array.Count; i++)
                {
                    foreach (var item in GetSmallerValues(array[i]))
                        yield return new BsonArray(array) { [i] = item };
                }

                break;
            case BsonDocument document:
                for (var i = 0; i < document.ElementCount; i++)
                {
                    var fewer = new BsonDocument(document);
                    fewer.RemoveAt(i);
                    yield return fewer;
                }

                for (var i = 0; i < document.ElementCount; i++)
                {
                    var name = document.GetElement(i).Name;
                    foreach (var field in GetSmallerValues(document[i]))
                        yield return new BsonDocument(document) { [name] = field };
                }

                break;
            default:
                break;
        }
    }
}
