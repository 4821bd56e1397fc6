"""Crescendo: how fast is this audience growing?"""
