namespace DistRec.Cluster.Blocks;

/// <summary>How one request of a pull ended.</summary>
internal enum AnswerKind
{
    /// <summary>With the block.</summary>
    Block,

    /// <summary>It is not published yet.</summary>
    NotYet,

    /// <summary>Its round or job was dropped.</summary>
    Dropped,

    /// <summary>It is of another type.</summary>
    OtherType,

    /// <summary>The node will never give it out to this request.</summary>
    Refused,

    /// <summary>The block came as it was sent, and its reader failed.</summary>
    Unreadable,

    /// <summary>The transfer broke, was damaged, or the node is not ready.</summary>
    Failed,
}

/// <summary>One request's answer.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Block">The block, if it did so with one.</param>
/// <param name="Reason">The type found, or what went wrong.</param>
/// <param name="Number">The owner's drops for <see cref="AnswerKind.NotYet"/>, the status for <see cref="AnswerKind.Refused"/>.</param>
/// <param name="Transfer">How long the block was on its way.</param>
/// <param name="Failure">The reader's failure for <see cref="AnswerKind.Unreadable"/>.</param>
internal readonly record struct BlockAnswer<TBlock>(
    AnswerKind Kind,
    TBlock? Block = default,
    string Reason = "",
    long? Number = null,
    TimeSpan Transfer = default,
    Exception? Failure = null);
