namespace EmbeddedMongo.Errors;

/// <summary>
/// MongoDB's error codes and their names in <c>codeName</c> (see <c>error_codes.yml</c> of the manual's error reference).
/// </summary>
internal static class MongoErrorCodes
{
    public const int InternalError = 1;
    public const int BadValue = 2;
    public const int NoSuchKey = 4;
    public const int GraphContainsCycle = 5;
    public const int FailedToParse = 9;
    public const int Unauthorized = 13;
    public const int TypeMismatch = 14;
    public const int Overflow = 15;
    public const int InvalidLength = 16;
    public const int ProtocolError = 17;
    public const int IllegalOperation = 20;
    public const int NamespaceNotFound = 26;
    public const int IndexNotFound = 27;
    public const int PathNotViable = 28;
    public const int CannotCreateIndex = 67;
    public const int ConflictingUpdateOperators = 40;
    public const int CursorNotFound = 43;
    public const int NamespaceExists = 48;
    public const int MaxTimeMsExpired = 50;
    public const int DollarPrefixedFieldName = 52;
    public const int InvalidIdField = 53;
    public const int NotSingleValueField = 54;
    public const int EmptyFieldName = 56;
    public const int DottedFieldName = 57;
    public const int CommandNotFound = 59;
    public const int ImmutableField = 66;
    public const int InvalidOptions = 72;
    public const int InvalidNamespace = 73;
    public const int IndexOptionsConflict = 85;
    public const int IndexKeySpecsConflict = 86;
    public const int CommandNotSupported = 115;
    public const int DocumentValidationFailure = 121;
    public const int CappedPositionLost = 136;
    public const int ExceededMemoryLimit = 146;
    public const int InvalidPipelineOperator = 168;
    public const int InvalidIndexSpecificationOption = 197;
    public const int CursorKilled = 237;
    public const int NotImplemented = 238;
    public const int ConversionFailure = 241;
    public const int BsonObjectTooLarge = 10334;
    public const int DuplicateKey = 11000;
    public const int InterruptedAtShutdown = 11600;
    public const int Interrupted = 11601;

    /// <summary>Returns the name of an error code, or <c>Location</c> followed by the number if it has none.</summary>
    public static string NameOf(int code) =>
        code switch
        {
            InternalError => "InternalError",
            BadValue => "BadValue",
            NoSuchKey => "NoSuchKey",
            GraphContainsCycle => "GraphContainsCycle",
            FailedToParse => "FailedToParse",
            Unauthorized => "Unauthorized",
            TypeMismatch => "TypeMismatch",
            Overflow => "Overflow",
            InvalidLength => "InvalidLength",
            ProtocolError => "ProtocolError",
            IllegalOperation => "IllegalOperation",
            NamespaceNotFound => "NamespaceNotFound",
            IndexNotFound => "IndexNotFound",
            PathNotViable => "PathNotViable",
            CannotCreateIndex => "CannotCreateIndex",
            ConflictingUpdateOperators => "ConflictingUpdateOperators",
            CursorNotFound => "CursorNotFound",
            NamespaceExists => "NamespaceExists",
            MaxTimeMsExpired => "MaxTimeMSExpired",
            DollarPrefixedFieldName => "DollarPrefixedFieldName",
            InvalidIdField => "InvalidIdField",
            NotSingleValueField => "NotSingleValueField",
            EmptyFieldName => "EmptyFieldName",
            DottedFieldName => "DottedFieldName",
            CommandNotFound => "CommandNotFound",
            ImmutableField => "ImmutableField",
            InvalidOptions => "InvalidOptions",
            InvalidNamespace => "InvalidNamespace",
            IndexOptionsConflict => "IndexOptionsConflict",
            IndexKeySpecsConflict => "IndexKeySpecsConflict",
            CommandNotSupported => "CommandNotSupported",
            DocumentValidationFailure => "DocumentValidationFailure",
            CappedPositionLost => "CappedPositionLost",
            ExceededMemoryLimit => "ExceededMemoryLimit",
            InvalidPipelineOperator => "InvalidPipelineOperator",
            InvalidIndexSpecificationOption => "InvalidIndexSpecificationOption",
            CursorKilled => "CursorKilled",
            NotImplemented => "NotImplemented",
            ConversionFailure => "ConversionFailure",
            BsonObjectTooLarge => "BSONObjectTooLarge",
            DuplicateKey => "DuplicateKey",
            InterruptedAtShutdown => "InterruptedAtShutdown",
            Interrupted => "Interrupted",
            _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Location{code}"),
        };
}
