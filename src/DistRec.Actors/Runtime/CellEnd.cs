namespace DistRec.Actors.Runtime;

/// <summary>How a cell ends.</summary>
internal enum CellEnd
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The actor is told and disposed of; what waits in the mailbox may start it elsewhere.</summary>
    HandOver,

    /// <summary>The actor is told and disposed of; what waits in the mailbox is dropped.</summary>
    EngineStops,

    /// <summary>As if the process had died: the actor is only disposed of.</summary>
    Abandon,
}
