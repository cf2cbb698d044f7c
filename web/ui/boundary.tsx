import { Component, type ReactNode } from "react";

interface Props {
  readonly children: ReactNode;
  /** What stands there instead when drawing the children failed. */
  readonly instead: ReactNode;
}

/** Keeps what cannot be drawn from taking the page with it. React knows only classes for this. */
export class Boundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
