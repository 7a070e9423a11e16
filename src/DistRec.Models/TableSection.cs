namespace DistRec.Models;

/// <summary>A part of every row of a table.</summary>
/// <param name="First">Its first column.</param>
/// <param name="Count">Its columns.</param>
public readonly record struct TableSection(int First, int Count);
