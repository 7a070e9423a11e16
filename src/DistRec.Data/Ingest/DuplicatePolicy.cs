namespace DistRec.Data;

/// <summary>What to do where a user rated an item more than once.</summary>
public enum DuplicatePolicy
{
    /// <summary>Keep the latest by timestamp; without timestamps, or at equal ones, the later in the input.</summary>
    Last = 0,

    /// <summary>Keep the earliest by timestamp; without timestamps, or at equal ones, the earlier in the input.</summary>
    First = 1,

    /// <summary>Keep the mean of the values, with the latest timestamp.</summary>
    Mean = 2,

    /// <summary>Refuse the data.</summary>
    Error = 3,

    /// <summary>Keep the sum of the values, with the latest timestamp: lines are events, and counts of them add up.</summary>
    Sum = 4,
}
